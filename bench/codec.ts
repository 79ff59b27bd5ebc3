import { deserialize, serialize } from 'node:v8';
import { Encoder as CborX } from 'cbor-x';
import { cbor } from 'guichet/presentation';
import { run as measureDecoders } from './decoders.ts';
import { measureInTurn, printTable } from './measure.ts';

interface Subject {
  readonly name: string;
  readonly code: string;
}

interface Student {
  readonly name: string;
  readonly marks: readonly {
    readonly value: number;
    readonly coefficient: number;
    readonly subject: Subject;
  }[];
  /** Absent where the value has to be a tree. */
  readonly promotion?: Promotion;
}

interface Promotion {
  readonly name: string;
  readonly year: number;
  readonly students: Student[];
}

/** One codec, both ways. */
interface Rival {
  readonly name: string;
  readonly value: Promotion;
  readonly encode: (value: Promotion) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

const studentCount = 1_000;
const subjectNames = [
  'Mathématiques',
  'Réseaux',
  'Bases de données',
  'Algorithmique',
  'Systèmes',
  'Anglais',
  'Droit',
  'Sport',
];

function createPromotion(marksEach: number, isCyclic: boolean): Promotion {
  const subjects = subjectNames.map((name, index) => ({ name, code: `UE${index}` }));
  const promotion: Promotion = { name: 'L3 informatique', year: 2026, students: [] };
  for (let index = 0; index < studentCount; index += 1) {
    const name = `Étudiante ${index}`;
    const marks = Array.from({ length: marksEach }, (_, mark) => ({
      value: ((index * 7 + mark * 3) % 41) / 2,
      coefficient: 1 + (mark % 3),
      subject: subjects[(index + mark) % subjects.length] ?? { name: '', code: '' },
    }));
    promotion.students.push(isCyclic ? { name, marks, promotion } : { name, marks });
  }
  return promotion;
}

function listRivals(marksEach: number): readonly Rival[] {
  const graph = createPromotion(marksEach, true);
  const ours = cbor();
  const records = new CborX({ structuredClone: true });
  const maps = new CborX({ structuredClone: true, useRecords: false, mapsAsObjects: true });
  return [
    {
      name: 'guichet cbor',
      value: graph,
      encode: (value) => ours.encode(value),
      decode: (bytes) => ours.decode(bytes),
    },
    { name: 'v8.serialize', value: graph, encode: serialize, decode: deserialize },
    {
      name: 'cbor-x, structuredClone, records of its own',
      value: graph,
      encode: (value) => records.encode(value),
      decode: (bytes) => records.decode(bytes) as unknown,
    },
    {
      name: 'cbor-x, structuredClone, maps as in RFC 8949',
      value: graph,
      encode: (value) => maps.encode(value),
      decode: (bytes) => maps.decode(bytes) as unknown,
    },
    {
      name: 'JSON, a tree: no cycles, subjects repeated',
      value: createPromotion(marksEach, false),
      encode: (value) => Buffer.from(JSON.stringify(value)),
      decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
    },
  ];
}

/** A rival that loses students, or gives them copies of their promotion, is not to be measured. */
function checkRival({ name, value, encode, decode }: Rival): void {
  const { students } = decode(encode(value)) as Promotion;
  const [first, last] = [students[0], students.at(-1)];
  const isSame =
    value.students[0]?.promotion === undefined ||
    (last?.promotion?.students === students &&
      first?.marks[0]?.subject === students[8]?.marks[0]?.subject);
  if (students.length !== studentCount || last?.name !== 'Étudiante 999' || !isSame) {
    throw new Error(`${name} does not carry the value`);
  }
}

function compete(marksEach: number): void {
  const rivals = listRivals(marksEach);
  for (const rival of rivals) checkRival(rival);
  const encoded = rivals.map(({ value, encode }) => encode(value));
  const encoding = measureInTurn(
    rivals.map(
      ({ value, encode }) =>
        () =>
          encode(value),
    ),
  );
  const decoding = measureInTurn(
    rivals.map(
      ({ decode }, index) =>
        () =>
          decode(encoded[index] ?? new Uint8Array()),
    ),
  );
  const both = measureInTurn(
    rivals.map(
      ({ value, encode, decode }) =>
        () =>
          decode(encode(value)),
    ),
  );
  const ours = both[0]?.elapsed ?? Number.NaN;
  printTable(
    `A promotion of ${studentCount} students with ${marksEach} marks each, which all refer back to it`,
    [
      [
        'codec',
        'bytes',
        'encode, CPU µs',
        'decode, CPU µs',
        'both, CPU µs',
        'both a second',
        'ours/this',
      ],
      ...rivals.map(({ name }, index) => {
        const { cpu = Number.NaN, elapsed = Number.NaN } = both[index] ?? {};
        return [
          name,
          `${encoded[index]?.length}`,
          ((encoding[index]?.cpu ?? Number.NaN) / 1e3).toFixed(0),
          ((decoding[index]?.cpu ?? Number.NaN) / 1e3).toFixed(0),
          (cpu / 1e3).toFixed(0),
          (1e9 / elapsed).toFixed(0),
          (elapsed / ours).toFixed(2),
        ];
      }),
    ],
  );
}

/**
 * Prints how often a second each codec carries a graph with cycles, medians of 5 runs in turn, and how
 * fast streams are cut into the frames that hold them.
 */
export async function run(): Promise<void> {
  for (const marksEach of [3, 10]) compete(marksEach);
  await measureDecoders();
}
