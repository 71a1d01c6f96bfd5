/* says: not valid UTF-8 | not allowed in an identifier | stray | expected */
export default () => Buffer.from(Array.from({ length: 3000 }, (_, i) => 128 + ((i * i * 31 + i * 7) % 128)));
