import { test as base } from '@playwright/test';
import { Park, type ParkOptions } from './park.ts';

/** Each test has a park of its own: specs never meet, and one may kill its station. */
export const test = base.extend<{ parkOptions: ParkOptions; park: Park }>({
  parkOptions: [{}, { option: true }],
  park: async ({ parkOptions }, use, info) => {
    const park = new Park(parkOptions);
    try {
      await park.start();
      await use(park);
    } finally {
      if (info.status !== info.expectedStatus)
        await info.attach('station', { body: park.output(), contentType: 'text/plain' });
      await park.stop();
    }
  },
});
export { expect } from '@playwright/test';
