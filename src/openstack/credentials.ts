/** A domain as Keystone takes it. */
export type Domain = { readonly id: string } | { readonly name: string };

/** What the service logs in with. */
export type Credentials =
  | {
      readonly method: 'password';
      readonly user: { readonly id: string } | { readonly name: string; readonly domain: Domain };
      readonly password: string;
      readonly project: { readonly id: string } | { readonly name: string; readonly domain: Domain };
    }
  | { readonly method: 'application_credential'; readonly id: string; readonly secret: string };

/** The body of `POST /v3/auth/tokens`. An application credential brings its own project: a scope would be refused. */
export function authBody(credentials: Credentials): object {
  if (credentials.method === 'application_credential') {
    const { id, secret } = credentials;
    return { auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } } };
  }
  const { user, password, project } = credentials;
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { ...user, password } } },
      scope: { project },
    },
  };
}
