/** What a command's output says of the cause, and what to do about it. First match wins. */
const CAUSES = [
  {
    pattern: /ENOSPC|No space left on device|Errno 28/i,
    advice:
      'The disk is full. Free some space (the installed libraries take about 1 GB) and run the command again; nothing is lost.',
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ECONNRESET|Could not resolve|NewConnectionError|Temporary failure in name resolution|No matching distribution found.*from versions: none/is,
    advice:
      'The package registry cannot be reached. The first run needs a network (or a proxy, set in npm_config_proxy); later runs do not.',
  },
  {
    pattern: /SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER|unable to get local issuer|CERTIFICATE_VERIFY/i,
    advice:
      'The registry’s certificate is not trusted. Behind a company proxy set NODE_EXTRA_CA_CERTS (npm) and PIP_CERT (pip).',
  },
  {
    pattern: /ERR_PNPM_OUTDATED_LOCKFILE/,
    advice:
      'pnpm-lock.yaml does not fit the package.json files. Run `npx pnpm@10.34.8 install --ignore-scripts` and commit the lockfile.',
  },
  {
    pattern: /EACCES|EPERM|EROFS|Permission denied/i,
    advice:
      'A folder is not writable: the repository’s own folder, npm’s cache (~/.npm) or pnpm’s store (~/.local/share/pnpm) belongs to somebody else.',
  },
];

/**
 * @param {string} output the end of what a failed command printed
 * @returns {string} what to do, or '' where nothing is known
 */
export function advice(output) {
  return CAUSES.find(({ pattern }) => pattern.test(output))?.advice ?? '';
}
