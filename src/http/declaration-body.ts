import type { Problem } from '../errors';
import type { Declaration } from '../registrations/declaration';
import { abridge, badItem, FLAVOR_IDS, isGoodItem, MOST_COUNTED, quote, SERVICE_TYPES } from './bad-items';
import { unknownAttribute } from './body-fault';
import { HttpFault } from './http-fault';
import type { JsonEvents } from './json-events';

const REGISTRATIONS = 'registrations';

/** What differs between the documents of PUT and PATCH: the contract's `RegistrationDocument` and `RegistrationPatch`. */
export interface DocumentForm {
  /** Whether `registrations` has to be there. */
  readonly isWhole: boolean;
  /** Whether null empties a service type. */
  readonly takesNull: boolean;
}

/** Where in the document the next event belongs; what stands in what is wrong already is passed over. */
type Place = 'outside' | 'document' | 'registrations' | 'ids';

/**
 * Makes a declaration of a document of registrations, `{"registrations": {"TYPE": ["ID", ...]}}`, event by event. The
 * contract's validator would take a second for a large one, in one piece; a test holds this against the contract.
 */
export class DeclarationBody implements JsonEvents {
  /** In what they stand, and at how many levels of something that is wrong. */
  #place: Place = 'outside';
  #wrongLevels = 0;
  #attribute = '';
  #hasRegistrations = false;
  /** Undefined for a name that is none. */
  #serviceType: string | undefined;
  #item = 0;
  readonly #problems: Problem[] = [];
  /** Of what is no list or object where one has to be: told when there is nothing to say of what is in them. */
  #misfit: Problem | undefined;

  constructor(
    private readonly declaration: Declaration,
    private readonly form: DocumentForm,
  ) {}

  open(kind: 'object' | 'list'): void {
    if (this.#wrongLevels === 0 && this.#isWanted(kind)) {
      if (this.#place === 'registrations') this.#item = 0;
      this.#place = this.#place === 'outside' ? 'document' : this.#place === 'document' ? REGISTRATIONS : 'ids';
      return;
    }
    if (this.#wrongLevels === 0) this.#refuse(kind === 'object' ? {} : []);
    this.#wrongLevels += 1;
  }

  close(): void {
    if (this.#wrongLevels > 0) this.#wrongLevels -= 1;
    else this.#place = this.#place === 'ids' ? REGISTRATIONS : this.#place === REGISTRATIONS ? 'document' : 'outside';
  }

  name(name: string): void {
    if (this.#wrongLevels > 0) return;
    if (this.#place === 'document') this.#nameAttribute(name);
    else this.#nameType(name);
  }

  value(value: string | number | boolean | null): void {
    if (this.#wrongLevels > 0) return;
    if (this.#place === 'ids') this.#addItem(value);
    else if (!(this.#place === REGISTRATIONS && value === null && this.form.takesNull)) this.#refuse(value);
  }

  /** @throws HttpFault 400 with all that is wrong, when the document is not what it has to be */
  require(): void {
    if (!this.#hasRegistrations && this.form.isWhole) this.#misfit ??= misfit(REGISTRATIONS, 'must be given');
    if (this.#problems.length === 0 && this.#misfit !== undefined) this.#problems.push(this.#misfit);
    if (this.#problems.length > 0) throw new HttpFault('malformed', abridge(this.#problems));
  }

  #isWanted(kind: 'object' | 'list'): boolean {
    if (this.#place === 'document') return kind === 'object' && this.#attribute === REGISTRATIONS;
    return this.#place !== 'ids' && kind === (this.#place === 'outside' ? 'object' : 'list');
  }

  #nameAttribute(name: string): void {
    this.#attribute = name;
    if (name !== REGISTRATIONS) this.#add(() => unknownAttribute(name, [REGISTRATIONS]));
    else if (this.#hasRegistrations) throw twice(name);
    else this.#hasRegistrations = true;
  }

  #nameType(name: string): void {
    const isType = SERVICE_TYPES.pattern.test(name);
    this.#serviceType = isType ? name : undefined;
    if (isType && !this.declaration.name(name)) throw twice(name);
    if (isType) return;
    this.#add(() => {
      const detail = `"${quote(name)}" in the body's registrations is no service type. ${SERVICE_TYPES.rule}`;
      return { code: SERVICE_TYPES.code, detail };
    });
  }

  #addItem(value: unknown): void {
    const index = this.#item++;
    const serviceType = this.#serviceType;
    if (serviceType === undefined) return;
    if (isGoodItem(FLAVOR_IDS, value)) this.declaration.add(serviceType, value);
    else this.#add(() => badItem(FLAVOR_IDS, `registrations.${serviceType}`, index, value));
  }

  /** Something where something else has to be. */
  #refuse(value: unknown): void {
    if (this.#place === 'ids') this.#addItem(value);
    else if (this.#place === 'outside') this.#misfit ??= misfit('', 'must be an object: {...}');
    else if (this.#place === REGISTRATIONS) {
      const wanted = this.form.takesNull ? 'must be an array, or null' : 'must be an array';
      if (this.#serviceType !== undefined) this.#misfit ??= misfit(`registrations.${this.#serviceType}`, wanted);
    } else if (this.#attribute === REGISTRATIONS) this.#misfit ??= misfit(REGISTRATIONS, 'must be an object: {...}');
  }

  /** Describes only what is told: a document may have a million of them. */
  #add(describe: () => Problem): void {
    if (this.#problems.length <= MOST_COUNTED) this.#problems.push(describe());
  }
}

function misfit(attribute: string, wanted: string): Problem {
  const what = attribute === '' ? 'The body' : `The body's ${attribute}`;
  return { code: 'registered-flavors.body.invalid', detail: `${what} ${wanted}.` };
}

function twice(name: string): HttpFault {
  const detail = `The body has an attribute "${quote(name)}" twice in one object.`;
  return new HttpFault('malformed', { code: 'registered-flavors.body.invalid', detail });
}
