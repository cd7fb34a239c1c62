import type { Component } from 'vue';
import type { Permission } from '#domain/permissions.ts';

/** A screen of the console: a place in the rail, a route, a key. */
export interface Screen {
  /** Also the route's name and the locale file's: `<id>.title` is its name in the rail. */
  id: string;
  /** Route, with its query free for the screen to use. */
  path: `/${string}`;
  /** Path data of a 24 x 24 line icon. */
  icon: string;
  /** Who sees it; `session` is everybody signed in. */
  permission: Permission | 'session';
  /** Key that opens it from anywhere, e.g. `F3`. */
  key?: string;
  /** Place in the rail, smallest first. */
  order: number;
  component: () => Promise<{ default: Component }>;
}

/** Names a screen; put the result into `renderer/features/index.ts`. */
export const defineScreen = (screen: Screen): Screen => screen;
