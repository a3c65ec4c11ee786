import express from 'express';
import supertest from 'supertest';
import { inOrder } from '../../src/http/in-order';

describe('steps in order', () => {
  it.each([[undefined], [null]])('go on where one of them says next(%s), as in Express', async (none) => {
    const app = express();
    app.use(
      inOrder(
        (_request, _response, next) => next(none),
        (_request, response) => void response.send('the second step'),
      ),
    );
    app.use((_request, response) => void response.send('past the second step'));
    expect((await supertest(app).get('/')).text).toBe('the second step');
  });
});
