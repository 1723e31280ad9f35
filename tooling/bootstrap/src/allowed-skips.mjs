/**
 * Tests that may be skipped in continuous integration too, since some machines cannot run them, however they are set
 * up. All others must run there.
 *
 * @typedef {object} AllowedSkip
 * @property {string} package
 * @property {string} test its full name, or what that begins with
 * @property {boolean} here whether this machine is one of those
 * @property {string} reason
 */

const linux = process.platform === 'linux';

/** @type {readonly AllowedSkip[]} */
export const ALLOWED_SKIPS = [
  {
    package: '@hifigan/gpu',
    test: 'setup ',
    here: !linux,
    reason: 'the native backend is set up on Linux only',
  },
  {
    package: '@hifigan/gpu',
    test: 'the verb setup takes paths from where the user stands',
    here: !linux,
    reason: 'the native backend is set up on Linux only',
  },
  ...[
    'writeAtomic writes to devices directly and reports a full disk',
    'hifigan mel reports a full disk',
    'hifigan synth reports a full disk',
  ].map((test) => ({
    package: '@hifigan/cli',
    test,
    here: !linux,
    reason: 'only Linux has /dev/full',
  })),
  {
    package: '@hifigan/cli',
    test: 'hifigan synth of many reports a file that may not be read',
    here: process.getuid?.() === 0,
    reason: 'root may read every file',
  },
  {
    package: '@hifigan/cli',
    test: 'hifigan prepare reports a full disk and cleans up',
    here: true,
    reason: 'a small disk needs the right to mount one, which even root lacks in many containers',
  },
];

/**
 * Why that test may be skipped on this machine; undefined where it may not.
 *
 * @param {string} name of the package
 * @param {string} test its full name
 * @param {readonly AllowedSkip[]} [allowed]
 * @returns {string | undefined}
 */
export function whyAllowed(name, test, allowed = ALLOWED_SKIPS) {
  return allowed.find((skip) => skip.here && skip.package === name && test.startsWith(skip.test))
    ?.reason;
}
