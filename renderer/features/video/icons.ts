/** Line icons of the wall, 24 x 24. */
export const WALL_ICONS = {
  held: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  hot: 'M12 3v4M12 17v4M3 12h4M17 12h4M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  turns: 'M5 12a7 7 0 0 1 12-5l2 2M19 4v5h-5M19 12a7 7 0 0 1-12 5l-2-2M5 20v-5h5',
  clear: 'M6 6l12 12M18 6L6 18',
  window: 'M13 5h6v6M19 5l-8 8M10 5H5v14h14v-5',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  star: 'M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9z',
  info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8v.5',
} as const;
