/** What a dragged camera carries: its id. */
export const CAMERA_DRAG = 'text/guardroom-camera';
