import { expect, test } from 'vitest';
import { settleTransports } from './transport-settings.js';

test('settings that somebody made stay', () => {
  const env = { UCX_MEM_EVENTS: 'yes', PATH: '/bin' };
  settleTransports(env);
  expect(env).toEqual({ UCX_MEM_EVENTS: 'yes', UCX_HANDLE_ERRORS: 'none', PATH: '/bin' });
});
