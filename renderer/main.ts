/** Entry of the console: the one place where the app meets its list of screens. */
import { boot } from '#app/boot.ts';
import { screens } from './features/index.ts';

boot(screens);
