import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AS_IN_DEPLOY } from '../bench/cloud';
import { freePort, HAProxy, type ServerName } from '../support/haproxy';
import { type Program, ServiceProcess } from '../support/service-process';
import { ALLOWED_ORIGIN } from './attackers/attacker';
import { ChildProgram } from './child-program';
import { createFilledRegistry } from './filled-registry';
import type { Shape } from './shape';
import type { CloudHand } from './stub-program';

/** One process, or two behind deploy/haproxy.cfg. */
export const SETUPS = ['plain', 'haproxy'] as const;
export type Setup = (typeof SETUPS)[number];

/** A registry of a shape and the cloud that has its flavors, for services that come and go. */
export interface Ground {
  readonly shape: Shape;
  readonly cloud: CloudHand;
  readonly databaseFile: string;
  /** From now on ordinary readers see so many flavors: Nova has disabled the others. */
  hideAllBut(visible: number): Promise<void>;
  close(): Promise<void>;
}

/** Services that are under attack. */
export interface Stage {
  /** Where everybody asks. */
  readonly url: string;
  readonly services: readonly ServiceProcess[];
  /** How often a process was taken out so far. */
  timesTakenOut(): Promise<number>;
  /** Ends everything, and answers with the exit code of each service. */
  close(): Promise<(number | string | null)[]>;
}

const NAMES: readonly ServerName[] = ['first', 'second'];

export async function prepareGround(shape: Shape): Promise<Ground> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'attack-'));
  const databaseFile = path.join(folder, 'registry.db');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const stub = ChildProgram.start('stub-program');
  await createFilledRegistry(databaseFile, shape);
  const cloud = await stub.ask<CloudHand>('start', { shape });
  const close = async (): Promise<void> => {
    await stub.stop();
    remove();
    process.off('exit', remove);
  };
  const hideAllBut = (visible: number) => stub.ask<void>('hideAllBut', { visible });
  return { shape, cloud, databaseFile, hideAllBut, close };
}

/** Starts services as in production on the ground. */
export async function startStage(ground: Ground, setup: Setup, program: Program): Promise<Stage> {
  return setup === 'plain' ? startPlain(ground, program) : startBehindHAProxy(ground, program);
}

/** The environment of a service on the ground, its port apart. */
export function environmentOf({ cloud, databaseFile }: Ground): Record<string, string> {
  return {
    ...{ ...cloud.environment, DATABASE_URL: `file:${databaseFile}` },
    ...{ ...AS_IN_DEPLOY, CORS_ALLOWED_ORIGINS: ALLOWED_ORIGIN },
  };
}

async function startPlain(ground: Ground, program: Program): Promise<Stage> {
  const service = await ServiceProcess.start(environmentOf(ground), program);
  const services = [service];
  return { url: service.url, services, timesTakenOut: async () => 0, close: async () => [await service.stop()] };
}

async function startBehindHAProxy(ground: Ground, program: Program): Promise<Stage> {
  const ports = { first: await freePort(), second: await freePort() };
  const haproxy = await HAProxy.start(ports);
  const services: ServiceProcess[] = [];
  for (const name of NAMES) {
    services.push(await ServiceProcess.start({ ...environmentOf(ground), PORT: String(ports[name]) }, program));
    await haproxy.sees(name, 'UP');
  }
  const timesTakenOut = async (): Promise<number> => {
    const each = await Promise.all(NAMES.map((name) => haproxy.timesTakenOut(name)));
    return each.reduce((sum, times) => sum + times, 0);
  };
  const close = async () => {
    const exits = [];
    for (const service of services) exits.push(await service.stop());
    await haproxy.stop();
    return exits;
  };
  return { url: haproxy.url, services, timesTakenOut, close };
}
