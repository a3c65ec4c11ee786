import { FaultList, type FaultOptions, type Undo } from './faults';
import { StubServer } from './stub-server';

type NovaEffect =
  | { kind: 'rejectsTokens' }
  | { kind: 'wrongId'; id: string }
  | { kind: 'losesMarker' }
  | { kind: 'loops' }
  | { kind: 'noAdmin' }
  | { kind: 'shortPages'; size: number }
  | { kind: 'endless'; size: number };

/** The policies that a deployer can change and that this stub knows, as Nova names them. */
export type NovaPolicy = 'os_compute_api:os-flavor-extra-specs:index' | 'os_compute_api:os-flavor-access';

/** What can go wrong with Nova besides what goes wrong with any server. */
export abstract class NovaFaults extends StubServer {
  protected readonly refusedPolicies = new Set<NovaPolicy>();
  protected readonly quirks = new FaultList<NovaEffect>();

  /** Refuses valid tokens with 401. */
  rejectsTokens(options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'rejectsTokens' }, options);
  }

  /** `GET /flavors/{any}` answers a flavor with this id instead. */
  answersWrongId(id: string, options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'wrongId', id }, options);
  }

  /** A list after a marker answers 400: the marker was deleted meanwhile. */
  losesMarker(options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'losesMarker' }, options);
  }

  /** A list after a marker starts from the beginning again, so its next link leads nowhere new. */
  loopsNextLink(options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'loops' }, options);
  }

  /** Takes everybody for an ordinary user. */
  callerIsNotAdmin(options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'noAdmin' }, options);
  }

  /** One of its policies refuses everybody, admins included, as after `"NAME": "!"` in a file of its policy_dirs. */
  policyRefuses(name: NovaPolicy): Undo {
    this.refusedPolicies.add(name);
    return () => void this.refusedPolicies.delete(name);
  }

  /** Pages hold this many flavors at most, and lead on by next links. */
  shortPages(size: number, options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'shortPages', size }, options);
  }

  /** Its list of flavors never ends: every page holds this many that were in none before, and leads on. */
  listsForEver(size: number, options: FaultOptions = {}): Undo {
    return this.quirks.arm({ kind: 'endless', size }, options);
  }

  override heals(): void {
    super.heals();
    this.quirks.clear();
    this.refusedPolicies.clear();
  }
}
