import type { Client } from '../../service/index.ts';
import type { gradebook } from './service.ts';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32, by Tommy Ettinger). */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const seed = 20_260_901;
const studentsEach = 100;

const promotionNames = ['L1 Informatique', 'L2 Informatique', 'L3 Informatique', 'M1 Réseaux'];

const givenNames =
  'Ada Alan Alice Amina Antoine Aya Camille Chloé Clara Edsger Emma Farid Grace Hugo Inès Jules Karim Léa Linus Louis Lucie Malik Margaret Marie Mehdi Nadia Nina Noé Omar Paul Radia Robin Sarah Sofia Théo Tim Vint Yasmine Youssef Zoé'.split(
    ' ',
  );
const familyNames =
  'Abbas Allard Bailly Benali Bernard Besson Blanc Bonnet Boyer Carpentier Chevalier Cordier Da-Silva Diallo Dubois Durand Faure Fontaine Gauthier Girard Guérin Hamidi Henry Jacquet Joly Lambert Laurent Leroy Maillard Marchand Mercier Moreau Nguyen Perrin Petit Poirier Renard Rousseau Simon Traoré'.split(
    ' ',
  );

/** Five assessments of each promotion, each in four parts: 20 marks a student. */
const subjects = ['Réseaux', 'Systèmes', 'Algorithmique', 'Bases de données'];
const parts: readonly {
  readonly name: string;
  readonly scale: string;
  readonly coefficient: string;
}[] = [
  { name: 'TP 1', scale: '10', coefficient: '0.5' },
  { name: 'TP 2', scale: '10', coefficient: '0.5' },
  { name: 'Projet', scale: '20', coefficient: '1.5' },
  { name: 'Partiel', scale: '20', coefficient: '2' },
  { name: 'Examen', scale: '40', coefficient: '3' },
];

/** What a student gets: around their own level, in quarters of a point, now and then no number. */
function drawValue(random: () => number, level: number, scale: number): string {
  const luck = random();
  if (luck < 0.02) return 'ABS';
  if (luck < 0.035) return 'EXC';
  if (luck < 0.045) return 'ATT';
  const spread = (random() + random() + random() - 1.5) * 0.3;
  const quarters = Math.round(Math.min(1, Math.max(0, level + spread)) * scale * 4);
  return String(quarters / 4);
}

/**
 * Fills a gradebook in with a demonstration: 4 promotions, 400 students, 8,000 marks, the same each time.
 * Made again where it is there already, it changes nothing.
 */
export async function makeDemo(
  book: Client<typeof gradebook>,
): Promise<{ promotions: number; students: number; marks: number }> {
  const random = makeRandom(seed);
  const count = { promotions: 0, students: 0, marks: 0 };
  const once = (name: string) => ({ idempotencyKey: `demo ${seed} ${name}`, deadline: 120_000 });
  for (const [index, name] of promotionNames.entries()) {
    const year = '2026-2027';
    const { promotion } = await book.createPromotion({ name, year }, once(name));
    count.promotions++;
    const people = Array.from({ length: studentsEach }, (_, place) => ({
      familyName: familyNames[Math.floor(random() * familyNames.length)] ?? '',
      givenName: givenNames[Math.floor(random() * givenNames.length)] ?? '',
      number: String(22_600_001 + index * studentsEach + place),
    }));
    const { students } = await book.addStudents(
      { promotion, students: people },
      once(`${name} students`),
    );
    count.students += students.length;
    const levels = students.map(() => 0.35 + (random() + random()) * 0.27);
    for (const subject of subjects) {
      for (const { name: part, scale, coefficient } of parts) {
        const title = `${subject} — ${part}`;
        const { assessment } = await book.createAssessment(
          { promotion, name: title, scale, coefficient },
          once(`${name} ${title}`),
        );
        const marks = students.map(({ student }, place) => ({
          student,
          assessment,
          value: drawValue(random, levels[place] ?? 0.5, Number(scale)),
        }));
        const given = await book.addMarks({ marks }, once(`${name} ${title} marks`));
        count.marks += given.marks.length;
      }
    }
  }
  return count;
}
