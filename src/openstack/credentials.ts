/** A domain as Keystone takes it. */
export type Domain = { readonly id: string } | { readonly name: string };

/** A user or a project as Keystone takes it. */
export type NamedInKeystone = { readonly id: string } | { readonly name: string; readonly domain: Domain };

/** What the service logs in with. */
export type Credentials =
  | {
      readonly method: 'password';
      readonly user: NamedInKeystone;
      readonly password: string;
      readonly project: NamedInKeystone;
    }
  | { readonly method: 'application_credential'; readonly id: string; readonly secret: string }
  | {
      readonly method: 'application_credential';
      readonly name: string;
      readonly user: NamedInKeystone;
      readonly secret: string;
    };

/** The body of `POST /v3/auth/tokens`. An application credential brings its own project: a scope would be refused. */
export function authBody(credentials: Credentials): object {
  if (credentials.method === 'application_credential') {
    const { method, ...credential } = credentials;
    return { auth: { identity: { methods: [method], application_credential: credential } } };
  }
  const { user, password, project } = credentials;
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { ...user, password } } },
      scope: { project },
    },
  };
}
