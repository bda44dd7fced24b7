/**
 * Leaves nothing in the environment that could lead an AWS client of this process to a real account: no profile, no
 * session, no endpoint or configuration file of the user's. Then sets what leads to the local AWS.
 */
export function isolateEnvironment(environment: NodeJS.ProcessEnv, local: Record<string, string>): void {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_')) delete environment[name];
  }
  Object.assign(environment, local, {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
}
