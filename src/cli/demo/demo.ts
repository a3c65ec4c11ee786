import { describeError } from '../../logger';
import { NotAsTold } from './answer';
import { curlLines } from './curl-lines';
import { Printer } from './printer';
import { Stage } from './stage';
import { playStory } from './story';
import { openWorld, USUAL_PORT, type World } from './world';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** Between two chapters, when somebody watches. */
const PAUSE_MS = 700;

/**
 * Plays the main job on a stub cloud, and stays up for more when asked to. Ends with 0 when everything was as told or
 * somebody ended it, and with 1 when the service did something else.
 */
export async function demo({ staysUp }: { staysUp: boolean }): Promise<void> {
  const { signal, forget } = watchForTheEnd();
  const printer = new Printer((text) => process.stdout.write(text), hasColors());
  let world: World | undefined;
  try {
    world = await openWorld();
    introduce(world, printer);
    const pauseMs = process.stdout.isTTY ? PAUSE_MS : 0;
    await playStory(new Stage(world, printer, { signal, pauseMs }));
    if (staysUp) await stayUp(world, printer, signal);
  } catch (error) {
    if (!signal.aborted) {
      process.exitCode = 1;
      process.stderr.write(`\n${explain(error)}\n`);
    }
  } finally {
    await world?.close();
    forget();
  }
  if (signal.aborted) printer.verbatim('', 'Ended. Nothing is left behind.');
}

/**
 * Aborts at the first signal, and when nobody reads any more. Further signals change nothing: closing is quick, and npm
 * sends on the Ctrl-C that a terminal has sent already.
 */
function watchForTheEnd(): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const end = () => controller.abort();
  for (const name of SIGNALS) process.on(name, end);
  process.stdout.on('error', end);
  return {
    signal: controller.signal,
    forget: () => {
      for (const name of SIGNALS) process.off(name, end);
    },
  };
}

/** Node knows of NO_COLOR and of terminals without colours. */
function hasColors(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors();
}

function introduce({ cloud, service }: World, printer: Printer): void {
  printer.title('registered-flavors: which Nova flavors may be used for which service type');
  printer.say(
    'This is the real service. Keystone and Nova are stand-ins; every request goes over HTTP.',
    'Its answers are JSON, shown in brief here. Nova is asked at every read: the cache, 30 seconds by default, is off.',
  );
  const note = service.url.endsWith(`:${USUAL_PORT}`) ? '' : `  (port ${USUAL_PORT} is taken)`;
  printer.verbatim(
    '',
    `  service   ${service.url}${note}`,
    `  Keystone  ${cloud.authUrl}`,
    `  Nova      ${cloud.novaUrl}`,
  );
}

async function stayUp(world: World, printer: Printer, signal: AbortSignal): Promise<void> {
  printer.heading('Now you');
  printer.say('The service stays up. Paste these into another terminal; the tokens are good for a day.');
  printer.verbatim('', ...curlLines(world), '');
  printer.say('The log of the service follows. Ctrl-C ends it.');
  printer.verbatim('');
  world.logger.silent = false;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  world.logger.silent = true;
}

function explain(error: unknown): string {
  if (error instanceof NotAsTold) return `The demo stops: the service did something else than told.\n${error.message}`;
  return `The demo stops: ${describeError(error).stack ?? String(error)}`;
}
