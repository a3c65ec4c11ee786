import { NotAsTold } from './answer';
import type { Stage } from './stage';

const BOTH = 'redis,mysql';
/** The flavors the story is about; 4 is good for both service types, and priv-none is private. */
const CAST = ['4', 'db-mysql-small', 'db.redis.large', 'db.redis.small', 'priv-none'];

const MYSQL_SMALL = 'db-mysql-small available mysql';
const REDIS_SMALL = 'db.redis.small available redis';

/**
 * Plays the main job, and what else may happen, chapter by chapter.
 * @throws NotAsTold at the first answer that is not what the story says
 */
export async function playStory(stage: Stage): Promise<void> {
  await showWhatIsThere(stage);
  await register(stage);
  await read(stage);
  await loseFlavor(stage);
  await askForTheWrong(stage);
  await loseNova(stage);
  await lookBack(stage);
}

async function showWhatIsThere(stage: Stage): Promise<void> {
  const flavors = stage.world.cloud.nova.flavors;
  await stage.chapter('What is there', `Nova has ${flavors.length} flavors. This story is about five of them:`);
  stage.showNova(flavors.filter(({ id }) => CAST.includes(id)));
  stage.say(
    'admin  has the role admin: may register flavors and sees everything.',
    'alice  is a member of the project demo: may read, and sees what is public.',
    'nobody has no token at all.',
  );
}

async function register(stage: Stage): Promise<void> {
  await stage.chapter('The admin registers flavors', 'Some are for redis, some for mysql, and one is good for both.');
  const forRedis = 'POST /RegisteredFlavors/redis/db.redis.small,db.redis.large';
  await stage.ask('admin', forRedis, {
    status: 201,
    content: ['registered redis db.redis.large', 'registered redis db.redis.small'],
  });
  await stage.ask('admin', 'POST /RegisteredFlavors/mysql/db-mysql-small,priv-none', {
    status: 201,
    content: ['registered mysql db-mysql-small', 'registered mysql priv-none'],
  });
  await stage.ask('admin', `POST /RegisteredFlavors/${BOTH}/4`, {
    status: 201,
    content: ['registered mysql 4', 'registered redis 4'],
  });
  stage.say('Saying it twice does no harm:');
  await stage.ask('admin', forRedis, {
    status: 200,
    content: ['already_registered redis db.redis.large', 'already_registered redis db.redis.small'],
  });
}

async function read(stage: Stage): Promise<void> {
  await stage.chapter('Who wants a database asks which flavors fit', 'Names and sizes come from Nova.');
  await stage.ask('alice', 'GET /RegisteredFlavors/redis', {
    status: 200,
    content: ['4 available redis', 'db.redis.large available redis', REDIS_SMALL],
  });
  await stage.ask('alice', 'GET /RegisteredFlavors/mysql', {
    status: 200,
    content: ['4 available mysql', MYSQL_SMALL],
  });
  stage.say('The admin asks for both at once, and also sees the private flavor that alice does not:');
  await stage.ask('admin', `GET /RegisteredFlavors/${BOTH}`, {
    status: 200,
    content: [
      '4 available mysql,redis',
      MYSQL_SMALL,
      'db.redis.large available redis',
      REDIS_SMALL,
      'priv-none available mysql',
    ],
  });
}

async function loseFlavor(stage: Stage): Promise<void> {
  await stage.chapter(
    'Nova loses a registered flavor',
    'An operator deletes db.redis.large in Nova. To the admin it shows as missing, until the admin decides:',
  );
  stage.world.cloud.nova.remove('db.redis.large');
  await stage.ask('admin', 'GET /RegisteredFlavors/redis', {
    status: 200,
    content: ['4 available redis', 'db.redis.large missing redis', REDIS_SMALL],
  });
  stage.say('alice is offered only what she can have:');
  await stage.ask('alice', 'GET /RegisteredFlavors/redis', {
    status: 200,
    content: ['4 available redis', REDIS_SMALL],
  });
}

async function askForTheWrong(stage: Stage): Promise<void> {
  await stage.chapter(
    'What wrong input gets',
    'All or nothing: two of these three flavors do not exist, so the third is not registered either.',
  );
  await stage.ask('admin', 'POST /RegisteredFlavors/redis/db-mysql-small,no-such-flavor,nor-this', {
    status: 404,
    content: ['registered-flavors.flavor.not_found', 'registered-flavors.flavor.not_found'],
    says: ['no-such-flavor', 'nor-this'],
  });
  stage.say('Indeed, for redis everything is as it was:');
  await stage.ask('alice', 'GET /RegisteredFlavors/redis', {
    status: 200,
    content: ['4 available redis', REDIS_SMALL],
  });
  stage.say('Every error has the same shape, a code for programs and a sentence for people:');
  await stage.ask('admin', 'POST /RegisteredFlavors/Redis!/4', {
    status: 400,
    content: ['registered-flavors.service_type.invalid'],
    says: ['Redis!'],
  });
  await stage.ask('alice', 'POST /RegisteredFlavors/redis/db-mysql-small', {
    status: 403,
    content: ['registered-flavors.role.required'],
  });
  await stage.ask('nobody', 'GET /RegisteredFlavors/redis', {
    status: 401,
    content: ['registered-flavors.token.missing'],
    headers: ['WWW-Authenticate'],
  });
  await stage.ask('admin', 'PUT /RegisteredFlavors/redis/4', {
    status: 405,
    content: ['registered-flavors.method.not_allowed'],
    headers: ['Allow'],
  });
}

async function loseNova(stage: Stage): Promise<void> {
  const { nova } = stage.world.cloud;
  await stage.chapter('Nova goes down', 'Reads go on with what Nova said last:');
  await nova.stops();
  await stage.ask('alice', 'GET /RegisteredFlavors/redis', {
    status: 200,
    content: ['4 available redis', REDIS_SMALL],
  });
  stage.say('Registering needs Nova. The service says so, and when to try again:');
  await stage.ask('admin', 'POST /RegisteredFlavors/redis/db-mysql-small', {
    status: 503,
    content: ['registered-flavors.nova.unavailable'],
    headers: ['Retry-After'],
  });
  stage.say('Deregistering needs no Nova: the missing flavor goes now. The service itself is well.');
  await stage.ask('admin', 'DELETE /RegisteredFlavors/redis/db.redis.large', {
    status: 200,
    content: ['deregistered redis db.redis.large'],
  });
  await stage.ask('nobody', 'GET /healthcheck', { status: 200, content: ['OK'] });
  stage.say('Nova comes back. The service looks for it by itself, and no caller waits for that:');
  await nova.starts();
  await stage.recovers();
  await stage.ask('alice', 'GET /RegisteredFlavors/redis', {
    status: 200,
    content: ['4 available redis', REDIS_SMALL],
  });
}

async function lookBack(stage: Stage): Promise<void> {
  const { nova } = stage.world.cloud;
  await stage.chapter('In the end', 'The registry is as the admin wants it:');
  await stage.ask('admin', `GET /RegisteredFlavors/${BOTH}`, {
    status: 200,
    content: ['4 available mysql,redis', MYSQL_SMALL, REDIS_SMALL, 'priv-none available mysql'],
  });
  if (nova.writes > 0) throw new NotAsTold('The service has written to Nova.', 0, nova.writes);
  stage.say(
    `All ${stage.answersAsTold} answers were as they should be. Nova got ${nova.requests.length} requests, ` +
      'and not one of them changed anything: the service only maps.',
  );
}
