/** Files by name (below a home folder or the working folder `work`), and variables. */
export interface SettingsCase {
  readonly says: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** What the service must say instead of serving with another value. Without it: the same values as openstacksdk's. */
  readonly refusal?: RegExp;
}

const VARIABLES = {
  OS_AUTH_URL: 'https://keystone.example/v3',
  OS_USERNAME: 'u',
  OS_PASSWORD: 'p',
  OS_PROJECT_NAME: 'service',
};
const AUTH = 'auth_url: "https://keystone.example/v3", username: u, password: p, project_name: service';
const file = (cloud: string, others = ''): string => `clouds: {x: {${cloud}}${others}}`;
const cloud = (says: string, text: string, refusal?: RegExp, others: Readonly<Record<string, string>> = {}) => ({
  says: `clouds.yaml: ${says}`,
  files: { 'work/clouds.yaml': text, ...others },
  variables: { OS_CLOUD: 'x' },
  ...(refusal && { refusal }),
});
const beside = (keys: string, refusal?: RegExp) => cloud(keys, file(`auth: {${AUTH}}, ${keys}`), refusal);
const inAuth = (keys: string, refusal?: RegExp) => cloud(`auth: ${keys}`, file(`auth: {${AUTH}, ${keys}}`), refusal);
const variable = (text: string, refusal?: RegExp): SettingsCase => {
  const set = Object.fromEntries(text.split(' ').map((each) => each.split('=') as [string, string]));
  return { says: text, variables: { ...VARIABLES, ...set }, ...(refusal && { refusal }) };
};
const CREDENTIAL = 'auth_url: "https://keystone.example/v3", application_credential_secret: s';

/** Each way to say where OpenStack is and who logs in, as openstacksdk 0.101 knows them, and its neighbours. */
export const SETTINGS_CASES: readonly SettingsCase[] = [
  variable('OS_REGION_NAME=R1'),
  variable('OS_REGION_NAME=R1,R2'),
  variable('OS_INTERFACE=internal'),
  variable('OS_ENDPOINT_TYPE=internalURL'),
  variable('OS_INTERFACE=admin OS_ENDPOINT_TYPE=internal'),
  variable('OS_COMPUTE_INTERFACE=internal OS_INTERFACE=admin'),
  variable('OS_COMPUTE_ENDPOINT_TYPE=internal'),
  variable('OS_COMPUTE_REGION_NAME=R2 OS_REGION_NAME=R1'),
  variable('OS_COMPUTE_ENDPOINT_OVERRIDE=http://nova/v2.1'),
  variable('OS_COMPUTE_ENDPOINT=http://nova/v2.1'),
  variable('OS_DOMAIN_NAME=dbaas'),
  variable('OS_DOMAIN_ID=d-1'),
  variable('OS_DOMAIN_NAME=dbaas OS_USER_DOMAIN_NAME=people'),
  variable('OS_DOMAIN_NAME=dbaas OS_PROJECT_DOMAIN_ID=d-1'),
  variable('OS_DEFAULT_DOMAIN_NAME=dbaas'),
  variable('OS_DEFAULT_DOMAIN_ID=d-1'),
  variable('OS_DEFAULT_DOMAIN_ID=d-1 OS_USER_DOMAIN_NAME=people'),
  variable('OS_DEFAULT_DOMAIN_NAME=dbaas OS_PROJECT_DOMAIN_NAME=projects'),
  variable('OS_USER_DOMAIN_NAME=people OS_PROJECT_DOMAIN_NAME=projects'),
  variable('OS_USER_DOMAIN_ID=d-1 OS_USER_DOMAIN_NAME=people'),
  variable('OS_TENANT_NAME=older'),
  variable('OS_TENANT_ID=t-1'),
  variable('OS_PROJECT_ID=p-1'),
  variable('OS_USER_ID=u-1'),
  variable('OS_AUTH_TYPE=password'),
  variable('OS_AUTH_TYPE=v3password OS_USER_DOMAIN_NAME=people OS_PROJECT_DOMAIN_ID=d-1'),
  variable('OS_IDENTITY_API_VERSION=3 OS_COMPUTE_API_VERSION=2.1 OS_VOLUME_API_VERSION=3'),
  variable('OS_CACERT=/etc/hosts', /OS_CACERT/), // no certificate
  variable('OS_CLOUD=envvars'),
  variable('OS_CLOUD=here OS_CLOUD_NAME=here'),
  variable('OS_AUTH_TYPE=v3token', /OS_AUTH_TYPE/),
  variable('OS_AUTH_TYPE=v2password', /OS_AUTH_TYPE/),
  variable('OS_AUTH_TYPE=none', /OS_AUTH_TYPE/),
  variable('OS_TRUST_ID=t-1', /OS_TRUST_ID is not supported/),
  variable('OS_SYSTEM_SCOPE=all', /OS_SYSTEM_SCOPE is not supported/),
  variable('OS_TOKEN=gAAAA', /OS_TOKEN is not supported/),
  variable('OS_PASSCODE=123456', /OS_PASSCODE is not supported/),
  variable('OS_INSECURE=true', /OS_INSECURE: true is not supported/),
  variable('OS_CERT=/etc/c.pem OS_KEY=/etc/k.pem', /OS_CERT is not supported/),
  variable('OS_IDENTITY_API_VERSION=2.0', /OS_IDENTITY_API_VERSION is not supported/),
  variable('OS_COMPUTE_SERVICE_NAME=nova-cell', /OS_COMPUTE_SERVICE_NAME is not supported/),
  variable('OS_PROJECT_NAME=', /OS_PROJECT_NAME/), // openstacksdk takes an unscoped token
  {
    says: 'an application credential by id',
    variables: {
      OS_AUTH_URL: 'https://keystone.example/v3',
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: 'c-1',
      OS_APPLICATION_CREDENTIAL_SECRET: 's',
    },
  },
  {
    says: 'an application credential by name',
    variables: {
      OS_AUTH_URL: 'https://keystone.example/v3',
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_NAME: 'flavors',
      OS_APPLICATION_CREDENTIAL_SECRET: 's',
      OS_USERNAME: 'u',
      OS_USER_DOMAIN_NAME: 'people',
    },
  },
  beside('region_name: R1'),
  beside('region_name: [R1, R2]'),
  beside('region_name: "R1,R2"'),
  beside('regions: [R1, R2]'),
  beside('regions: [{name: R1, values: {interface: admin, auth: {project_name: of-R1}}}, R2]'),
  beside('regions: [{name: R1, values: {auth: {auth_url: "https://r1.example/v3"}, endpoint_type: internal}}]'),
  beside('regions: [{nam: R1}]', /regions: must be names/),
  beside('interface: internal'),
  beside('interface: internalURL'),
  beside('endpoint_type: internal'),
  beside('endpoint_type: internal, interface: admin'),
  beside('compute_interface: internal'),
  beside('compute_endpoint_type: internalURL'),
  beside('compute_region_name: R2, region_name: R1'),
  beside('compute_endpoint_override: "http://nova/v2.1"'),
  beside('compute_endpoint_override: "http://{region_name}.nova/v2.1", region_name: r1'),
  beside('compute_api_version: "2.1", volume_api_version: "3", image_format: raw, networks: [{name: n}]'),
  beside('domain_name: dbaas'),
  beside('domain_id: d-1'),
  beside('user_domain_name: people'),
  beside('project_domain_name: projects'),
  beside('tenant_name: older'),
  beside('project_name: wins-not'),
  beside('default_domain_name: dbaas'),
  beside('verify: true, insecure: false'),
  beside('insecure: true', /insecure: true is not supported/),
  beside('verify: false', /verify: false is not supported/),
  beside('cert: /c.pem, key: /k.pem', /cert is not supported/),
  beside('auth_type: v3token', /auth_type must be one of/),
  beside('auth_type: password'),
  beside('auth_type: v3password, user_domain_name: people, project_domain_name: people'),
  beside('profile: vexxhost', /no such profile/),
  beside('cloud: nobody', /no such profile/),
  inAuth('domain_name: dbaas'),
  inAuth('domain_id: d-1, user_domain_id: d-2'),
  inAuth('default_domain_name: dbaas, project_domain_name: projects'),
  inAuth('tenant_name: older'),
  inAuth('tenant_id: t-1'),
  inAuth('project-domain-name: projects, user-domain-name: people'),
  inAuth('user_name: older'),
  inAuth('trust_id: t-1', /trust_id is not supported/),
  inAuth('system_scope: all', /system_scope is not supported/),
  inAuth('token: gAAAA', /token is not supported/),
  inAuth('passcode: "123456"', /passcode is not supported/),
  inAuth('pasword: p', /did you mean password/),
  inAuth('region_name: R1', /region_name is not supported/),
  cloud('credentials beside auth', file(`${AUTH}, region_name: R1`)),
  cloud(
    'auth before what is beside it',
    file(`auth: {${AUTH}}, username: other, password: other, auth_url: "http://o"`),
  ),
  cloud('{key} in auth_url', file(`auth: {${AUTH.replace('keystone', '{region_name}')}}, region_name: r1`)),
  cloud(
    'an application credential',
    file(`auth: {${CREDENTIAL}, application_credential_id: c-1}, auth_type: v3applicationcredential`),
  ),
  cloud(
    'an application credential by name',
    file(`auth: {${CREDENTIAL}, application_credential_name: c, user_id: u-1}, auth_type: v3applicationcredential`),
  ),
  cloud('secure.yaml beside it', file(`auth: {${AUTH}}`), undefined, {
    'work/secure.yaml': file('auth: {password: of-secure}'),
  }),
  cloud('secure.yaml of the home folder', file(`auth: {${AUTH}}`), undefined, {
    'home/.config/openstack/secure.yaml': file('auth: {password: of-home}'),
  }),
  cloud('an empty secure.yaml', file(`auth: {${AUTH}}`), undefined, { 'work/secure.yaml': '' }),
  cloud('a secure.yaml of comments', file(`auth: {${AUTH}}`), undefined, { 'work/secure.yaml': '# nothing yet\n' }),
  cloud('a cloud of secure.yaml alone', 'clouds: {}', undefined, { 'work/secure.yaml': file(`auth: {${AUTH}}`) }),
  cloud('secure.yml', file(`auth: {${AUTH}}`), undefined, { 'work/secure.yml': file('auth: {password: of-yml}') }),
  cloud(
    'a profile of clouds-public.yaml',
    file(`profile: vendor, auth: {username: u, password: p, project_name: s}`),
    undefined,
    {
      'work/clouds-public.yaml':
        'public-clouds: {vendor: {auth: {auth_url: "https://vendor.example/v3", username: other}, region_name: R9, interface: internal}}',
    },
  ),
  {
    says: 'clouds.yml of the home folder',
    files: { 'home/.config/openstack/clouds.yml': file(`auth: {${AUTH}}`) },
    variables: { OS_CLOUD: 'x' },
  },
  {
    says: 'clouds.json',
    files: { 'work/clouds.json': JSON.stringify({ clouds: { x: { auth: valuesOfJson(), region_name: 'R1' } } }) },
    variables: { OS_CLOUD: 'x' },
  },
  {
    says: 'XDG_CONFIG_HOME',
    files: { 'home/elsewhere/openstack/clouds.yaml': file(`auth: {${AUTH}}`) },
    variables: { OS_CLOUD: 'x', XDG_CONFIG_HOME: '%home/elsewhere' },
  },
  {
    says: 'OS_CLIENT_CONFIG_FILE and OS_CLIENT_SECURE_FILE',
    files: {
      'home/mine.yaml': file(`auth: {${AUTH}}`),
      'home/secret.yaml': file('auth: {password: of-secret}'),
      'work/secure.yaml': file('auth: {password: not-this}'),
    },
    variables: {
      OS_CLOUD: 'x',
      OS_CLIENT_CONFIG_FILE: '%home/mine.yaml',
      OS_CLIENT_SECURE_FILE: '%home/secret.yaml',
    },
  },
  { ...cloud('no such cloud', file(`auth: {${AUTH}}`), /no such cloud/), variables: { OS_CLOUD: 'y' } },
  cloud('a tab', 'clouds:\n  x:\n\tauth: {}', /a tab is used to indent: YAML wants blanks \(line 3\)/),
];

function valuesOfJson(): Readonly<Record<string, string>> {
  return { auth_url: 'https://keystone.example/v3', username: 'u', password: 'p', project_name: 'service' };
}
