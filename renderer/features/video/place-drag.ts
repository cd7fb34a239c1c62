/** What a dragged place of the wall carries: its number. */
export const PLACE_DRAG = 'text/guardroom-place';
