import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { readEnvLines } from '../../src/config/env-lines';
import { SETTING_NAMES } from '../../src/config/env-names';

const isOurs = (name: string) => SETTING_NAMES.includes(name);
const read = (text: string) => readEnvLines(text, isOurs);
const valuesIn = (text: string) => read(text).settings.map(({ name, value }) => [name, value]);
const QUOTED = 'A value with one kind of quotes in it stands in another kind: \' or " or `.';
const PAIRS = [
  ['HOST', 'a'],
  ['PORT', '1'],
];
const NONE = [
  ['HOST', ''],
  ['PORT', ''],
];
const UNSEEN = 'it has a character that looks like a blank or like nothing, and is none';

describe('the lines of .env', () => {
  it.each<[string, string, string[][]]>([
    ['nothing', '', []],
    ['a line of blanks', 'HOST=a\n   \nPORT=1\n', PAIRS],
    ['a line of a tab', 'HOST=a\n\t\nPORT=1\n', PAIRS],
    ['a tab or blanks before a setting', '\tHOST=a\n  PORT=1', PAIRS],
    ['blanks around "="', 'HOST = a\nPORT\t=\t1', PAIRS],
    ['blanks behind a value', 'HOST=a  \nPORT=1\t\n', PAIRS],
    ['export', 'export HOST=a\nexport\t PORT=1', PAIRS],
    ['Windows ends of lines', 'HOST=a\r\n\r\n# c\r\nPORT=1\r\n', PAIRS],
    ['such an end that was cut in two', 'HOST=a\r\nPORT=1\r', PAIRS],
    ['comments', '# a = "\n\t# b\nHOST=a # c = \'\nPORT=1\t#d\n#', PAIRS],
    ['quotes of each kind', 'HOST="a"\nPORT=\'1\'\nOS_USERNAME=`b` # c', [...PAIRS, ['OS_USERNAME', 'b']]],
    ['what quotes are for', `OS_PASSWORD=' #"\\$x= '`, [['OS_PASSWORD', ' #"\\$x= ']]],
    ['quotes inside a value', `OS_PASSWORD=a'b"c`, [['OS_PASSWORD', `a'b"c`]]],
    ['"=" in a value', 'OS_PASSWORD==a=', [['OS_PASSWORD', '=a=']]],
    ['\\n in double quotes', 'OS_PASSWORD="a\\nb"', [['OS_PASSWORD', 'a\nb']]],
    [
      'a value over several lines',
      "OS_PASSWORD='a\n# b\n\n c' # d\nPORT=1",
      [
        ['OS_PASSWORD', 'a\n# b\n\n c'],
        ['PORT', '1'],
      ],
    ],
    ['a setting without a value', 'HOST=\nPORT=', NONE],
    // Node.js reads HOST as "PORT=1" here.
    [
      'blanks in place of a value',
      'HOST=  \nPORT=1',
      [
        ['HOST', ''],
        ['PORT', '1'],
      ],
    ],
    [
      'a tab in place of a value',
      'HOST=\t\r\nPORT=1',
      [
        ['HOST', ''],
        ['PORT', '1'],
      ],
    ],
    [
      'a comment in place of a value',
      'HOST= # c\nPORT=1',
      [
        ['HOST', ''],
        ['PORT', '1'],
      ],
    ],
    ['empty quotes', `HOST=""\nPORT=''`, NONE],
    [
      'names of others',
      'a.b-c=1\n__proto__=x\nPORT=1',
      [
        ['a.b-c', '1'],
        ['__proto__', 'x'],
        ['PORT', '1'],
      ],
    ],
    [
      'what others do in their own lines',
      'A=b#c\nB="d\\"e"\nC=f\\\nPORT=1',
      [
        ['A', 'b'],
        ['B', 'd\\'],
        ['C', 'f\\'],
        ['PORT', '1'],
      ],
    ],
  ])('may have %s', (_what, text, expected) => {
    expect([valuesIn(text), read(text).mistakes]).toEqual([expected, []]);
  });

  it.each<[string, string, string]>([
    ['no "="', 'registry', '.env line 2 is not NAME=value. A comment begins with #.'],
    [
      'a name of ours and no "="',
      'DATABASE_URL file:x',
      '.env line 2 (DATABASE_URL) is not NAME=value. A comment begins with #.',
    ],
    ['YAML', 'OS_PASSWORD: s3cret=', '.env line 2 (OS_PASSWORD) is not NAME=value. A comment begins with #.'],
    ['export alone', 'export PORT', '.env line 2 (PORT) is not NAME=value. A comment begins with #.'],
    ['no name', '=s3cret', '.env line 2 is not NAME=value. A comment begins with #.'],
    ['a name with a blank in it', 'my s3cret=', '.env line 2 is not NAME=value. A comment begins with #.'],
    ['a name in quotes', '"PORT"=1', '.env line 2 (PORT) is not NAME=value. A comment begins with #.'],
    ['another kind of comment', '; s3cret=1', '.env line 2 is not NAME=value. A comment begins with #.'],
    ['a non-breaking space', '\u00a0', `.env line 2 is not NAME=value: ${UNSEEN}. A comment begins with #.`],
    ['one before a name', '\u00a0PORT=1', `.env line 2 (PORT) is not NAME=value: ${UNSEEN}. A comment begins with #.`],
    ['one behind a name', 'PORT\u00a0=1', `.env line 2 (PORT) is not NAME=value: ${UNSEEN}. A comment begins with #.`],
    [
      'a byte order mark of a second file',
      '\ufeffPORT=1',
      `.env line 2 (PORT) is not NAME=value: ${UNSEEN}. A comment begins with #.`,
    ],
    [
      'ends of lines of old',
      'PORT=1\rOS_PASSWORD=s3cret\r',
      '.env line 2 (PORT) has a carriage return (CR) in it: end lines with LF, or CR LF.',
    ],
    [
      'one in a comment',
      '# a\rPORT=1\n',
      '.env line 2 (PORT) has a carriage return (CR) in it: end lines with LF, or CR LF.',
    ],
    ['an open quote', 'OS_PASSWORD="s3cret', '.env line 2 (OS_PASSWORD) has a quote that nothing closes.'],
    ['an open quote of another one', "THEIRS='s3cret", '.env line 2 has a quote that nothing closes.'],
    [
      'text behind the closing quote',
      `OS_PASSWORD='s3'cret'`,
      `.env line 2 (OS_PASSWORD) has more behind its closing quote. ${QUOTED}`,
    ],
    [
      'an escaped quote',
      `OS_PASSWORD="s3\\"cret"`,
      `.env line 2 (OS_PASSWORD) has more behind its closing quote. ${QUOTED}`,
    ],
    [
      '# right behind the quote',
      `OS_PASSWORD='s3'#cret`,
      `.env line 2 (OS_PASSWORD) has more behind its closing quote. ${QUOTED}`,
    ],
    [
      '# in a value',
      'OS_PASSWORD=s3#cret',
      '.env line 2 (OS_PASSWORD) has a # without a blank before it: put the value in single quotes, or a blank before the comment.',
    ],
    [
      '# before a value',
      'OS_PASSWORD=#s3cret',
      '.env line 2 (OS_PASSWORD) has a # without a blank before it: put the value in single quotes, or a blank before the comment.',
    ],
    [
      'a backslash at the end',
      'READER_ROLES=reader,\\ ',
      '.env line 2 (READER_ROLES) ends with a backslash, and no value goes on in the next line: put it in single quotes if it belongs to the value.',
    ],
  ])('must not have %s', (_what, line, mistake) => {
    const { settings, mistakes } = read(`HOST=a\n${line}`);
    expect([mistakes, settings[0]?.value]).toEqual([[mistake], 'a']);
    expect(mistakes.join()).not.toContain('s3cret');
  });

  it('judges each line by itself behind one that is wrong', () => {
    expect(read('OS_PASSWORD="x\nregistry\nOS_USERNAME="y"\nPORT=1\nHOST=\'z\n# operators\'')).toMatchObject({
      settings: [
        { name: 'OS_PASSWORD' },
        { name: 'OS_USERNAME', value: 'y' },
        { name: 'PORT', line: 4 },
        { name: 'HOST' },
      ],
      mistakes: [
        '.env line 1 (OS_PASSWORD) has a quote that line 3 closes: it looks as if its own one is missing.',
        '.env line 2 is not NAME=value. A comment begins with #.',
      ],
    });
  });

  it('takes a quote that is closed behind another setting for one that is missing', () => {
    expect(read("OS_PASSWORD='x\nexport PORT=1\n# operators'\nHOST=a")).toMatchObject({
      settings: [{ name: 'OS_PASSWORD' }, { name: 'PORT', value: '1' }, { name: 'HOST', value: 'a' }],
      mistakes: ['.env line 1 (OS_PASSWORD) has a quote that line 3 closes: it looks as if its own one is missing.'],
    });
  });

  it('must not have a setting twice; what others do is their own', () => {
    expect(read('PORT=1\nTHEIRS=1\nPORT=\nTHEIRS=2\n PORT=3').mistakes).toEqual([
      'PORT stands in .env more than once: in lines 1, 3, 5. Leave one.',
    ]);
  });

  it('counts the lines of a value that goes over several', () => {
    expect(read('THEIRS="a\n\nb"\nregistry').mistakes).toEqual([
      '.env line 4 is not NAME=value. A comment begins with #.',
    ]);
  });

  const pieces = ['PORT', 'HOST', 'A', 'x', '=', '"', "'", '`', ' ', '\t', '\n', '\r\n', '#', '\\', 'export ', '\\n'];
  const texts = fc.array(fc.constantFrom(...pieces, '\nPORT=', '\nHOST=', '\nA=')).map((found) => found.join(''));

  it('are read as Node.js reads them, or there is a mistake', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { settings, mistakes } = read(text);
        // Where Node.js takes the next line for the value.
        fc.pre(mistakes.length === 0 && !/=[ \t]+\r?\n/.test(text));
        // Where there is no value, Node.js takes "export" for a part of the name.
        const ofNode = Object.entries(parseEnv(text)).map(([name, value]) => [
          name.replace(/^export[ \t]+/, ''),
          value,
        ]);
        const ours = settings.filter(({ name }) => isOurs(name)).map(({ name, value }) => [name, value]);
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(ofNode.filter(([name]) => isOurs(name!))));
      }),
      { numRuns: 2000 },
    );
  });

  it('lose no setting that begins a line, unless it stands in quotes or there is a mistake', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('PORT=7', ' export PORT = 7', "PORT='7'"), texts, (before, line, after) => {
        const text = `${before}\n${line}\n${after}`;
        const { settings, mistakes } = read(text);
        expect(mistakes.length > 0 || settings.some(({ name, value }) => name === 'PORT' && value === '7')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
