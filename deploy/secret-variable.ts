/** Where a secret's value is read from without an AWS account: `weatherapi-key` → `WEATHERAPI_KEY`. */
export function variableOf(secret: string): string {
  return secret.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase();
}
