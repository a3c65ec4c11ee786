import { listed, pairs, refusal } from '../support/expectations';
import type { World } from '../support/world';

type Document = Record<string, string[] | null>;

/** Stories of an operator who declares what is to be registered. */
export function declaring(world: () => World): void {
  const read = async () => {
    const { body, headers } = await world().as('admin').get('/Registrations').expect(200);
    return { registrations: body.registrations as Record<string, string[]>, etag: headers['etag']! };
  };
  const put = (registrations: Document, etag: string, query = '') =>
    world().as('admin').put(`/Registrations${query}`).set('If-Match', etag).send({ registrations });
  const patch = (registrations: Document, query = '') =>
    world()
      .as('admin')
      .patch(`/Registrations${query}`)
      .set('Content-Type', 'application/merge-patch+json')
      .send(JSON.stringify({ registrations }));
  const registeredFor = async (type: string) =>
    listed(await world().as('admin').get(`/RegisteredFlavors/${type}`)).map(({ id }) => id);

  describe('/Registrations', () => {
    it('is exported, and what was exported changes nothing when it is declared', async () => {
      const [type, other] = [world().newServiceType(), world().newServiceType('mysql')];
      const ids = [await world().createFlavor(), await world().createFlavor()].sort();
      await world().as('admin').post(`/RegisteredFlavors/${type},${other}/${ids.join()}`).expect(201);

      const { registrations, etag } = await read();
      expect([registrations[type], registrations[other]]).toEqual([ids, ids]);
      expect(Object.keys(registrations)).toEqual(Object.keys(registrations).sort());
      const unchanged = Object.values(registrations).flat().length;
      expect((await put(registrations, etag).expect(200)).body).toEqual({
        ...{ registered: [], deregistered: [], unchanged },
      });
      expect((await read()).etag).toBe(etag);
      await world().as('admin').get('/Registrations').set('If-None-Match', etag).expect(304);
    });

    it('is replaced: what is missing is registered, what is too many is deregistered', async () => {
      const [type, old, fresh] = [world().newServiceType(), world().newServiceType('a'), world().newServiceType('b')];
      const [one, two] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${type},${old}/${one}`).expect(201);
      const { registrations, etag } = await read();
      const others = Object.fromEntries(Object.entries(registrations).filter(([name]) => name !== old));
      const wanted = { ...others, [type]: [two, one, two], [fresh]: [two] };

      const preview = await put(wanted, etag, '?dry_run=true').expect(200);
      expect((await read()).etag).toBe(etag);
      const { body } = await put(wanted, etag).expect(200);
      expect(body).toEqual(preview.body);
      expect(body.registered).toEqual([...pairs([fresh], [two]), ...pairs([type], [two])]);
      expect(body.deregistered).toEqual(pairs([old], [one]));
      expect((await read()).registrations).toEqual({ ...wanted, [type]: [one, two].sort() });
      expect(await registeredFor(old)).toEqual([]);

      const events = await world().as('admin').get(`/RegistrationEvents?service_types=${type},${old},${fresh}`);
      expect(
        events.body.registration_events.map(
          (each: Record<string, string>) => `${each['action']} ${each['service_type']}`,
        ),
      ).toEqual([
        `registered ${type}`,
        `registered ${fresh}`,
        `deregistered ${old}`,
        `registered ${type}`,
        `registered ${old}`,
      ]);
    });

    it('is not replaced by who has not read it as it is', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor();
      const { registrations, etag } = await read();
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);

      const lost = { status: 412, codes: ['registered-flavors.precondition.failed'] };
      expect(refusal(await put(registrations, etag))).toEqual(lost);
      expect(refusal(await put(registrations, etag, '?dry_run=true'))).toEqual(lost);
      expect(refusal(await patch({ [type]: null }).set('If-Match', etag))).toEqual(lost);
      expect(refusal(await put(registrations, `W/${(await read()).etag}`))).toEqual(lost);
      expect(refusal(await world().as('admin').put('/Registrations').send({ registrations }))).toEqual({
        status: 428,
        codes: ['registered-flavors.precondition.required'],
      });
      expect(refusal(await put(registrations, 'no-quotes'))).toEqual({
        status: 400,
        codes: ['registered-flavors.request.invalid'],
      });
      expect(await registeredFor(type)).toEqual([id]);
      const compressedByApache = (await read()).etag.replace(/"$/, '-gzip"');
      await patch({ [type]: null })
        .set('If-Match', `"other", ${compressedByApache}`)
        .expect(200);
      expect(await registeredFor(type)).toEqual([]);
    });

    it('is patched: the types that are named have these flavors, and no other type is touched', async () => {
      const [type, empty, other] = [world().newServiceType(), world().newServiceType(), world().newServiceType()];
      const [one, two] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${type},${empty},${other}/${one}`).expect(201);

      const { body } = await patch({ [type]: [two], [empty]: [] }).expect(200);
      expect(body).toEqual({
        registered: pairs([type], [two]),
        deregistered: pairs([type, empty], [one]),
        unchanged: 0,
      });
      expect((await patch({ [other]: [one, two] }).expect(200)).body.unchanged).toBe(1);
      expect(await Promise.all([type, empty, other].map(registeredFor))).toEqual([[two], [], [one, two].sort()]);
      expect((await world().as('admin').patch('/Registrations').send({}).expect(200)).body.unchanged).toBe(0);
    });

    it('takes flavors that Nova has lost where they are registered, and nowhere else', async () => {
      const [type, other] = [world().newServiceType(), world().newServiceType()];
      const [kept, lost] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${kept},${lost}`).expect(201);
      await world().deleteFlavor(lost);

      expect((await patch({ [type]: [kept, lost] }).expect(200)).body.unchanged).toBe(2);
      expect((await patch({ [type]: [kept, lost], [other]: [kept] }).expect(200)).body.unchanged).toBe(2);
      const refused = await patch({ [type]: [], [other]: [kept, lost, 'no-such'] });
      expect(refusal(refused)).toEqual({
        status: 400,
        codes: ['registered-flavors.flavor.unknown', 'registered-flavors.flavor.unknown'],
      });
      expect((await registeredFor(type)).sort()).toEqual([kept, lost].sort());
    });

    it('is for admins only', async () => {
      const forbidden = { status: 403, codes: ['registered-flavors.role.required'] };
      const member = world().as('member');
      const body = { registrations: {} };
      expect(refusal(await member.get('/Registrations'))).toEqual(forbidden);
      expect(refusal(await member.put('/Registrations').send(body))).toEqual(forbidden);
      expect(refusal(await member.patch('/Registrations').send(body))).toEqual(forbidden);
    });

    it.each([
      [{ registrations: { Redis: ['1'], ok: ['a', ' b'] } }, ['service_type.invalid', 'flavor_id.invalid']],
      [{ registrations: { ok: null, ['__proto__']: ['1'] } }, ['service_type.invalid']],
      [{ registrations: { ok: [1, '..', {}] } }, ['body.invalid', 'flavor_id.invalid', 'body.invalid']],
      [{ registrations: { ok: '1' } }, ['body.invalid']],
      [{ registrations: null }, ['body.invalid']],
      [{ registration: {} }, ['attribute.unknown']],
      [[], ['body.invalid']],
    ])('refuses %j, and names what is wrong', async (body, codes) => {
      const answer = await world().as('admin').patch('/Registrations').send(body);
      expect(refusal(answer)).toEqual({ status: 400, codes: codes.map((code) => `registered-flavors.${code}`) });
    });
  });
}
