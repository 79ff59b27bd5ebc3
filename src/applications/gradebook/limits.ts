/** What one call, one file and one promotion may hold: every number is a limit that is checked. */
export const gradebookLimits = {
  /** Characters of a name. */
  maxName: 200,
  /** Students of one `addStudents`, marks of one `addMarks` or `publish`. */
  maxBatch: 2_000,
  /** Students of one page of `listStudents`, changes of one page of history. */
  maxPage: 500,
  /** Ranks of one answer. */
  maxRanks: 5_000,
  /** Students of a promotion. */
  maxStudents: 50_000,
  /** Assessments of a promotion. */
  maxAssessments: 1_000,
  /** Marks of a student. */
  maxMarks: 2_000,
  /** Bytes of a file to import. */
  maxFileBytes: 8_388_608,
  /** Lines of a file to import. */
  maxFileLines: 50_000,
  /** Columns of a file to import. */
  maxFileColumns: 500,
  /** Milliseconds that reading a file may take. */
  maxReadingTime: 15_000,
  /** MiB of memory that it may take. */
  maxReadingMegabytes: 512,
  /** Bars of a histogram. */
  maxBars: 100,
} as const;
