export * from './by-name.ts';
export * from './chunk.ts';
export * from './datagram.ts';
export * from './frames.ts';
export * from './framing.ts';
export * from './length.ts';
export * from './line.ts';
