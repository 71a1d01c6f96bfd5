declare module 'markdown-it-footnote' {
  export default function footnotes(md: import('markdown-it').default): void;
}

declare module 'subset-font' {
  export default function subsetFont(font: Buffer, text: string, options: {
    targetFormat: 'woff2' | 'sfnt';
    /** Of a variable font's axes, the part that stays. */
    variationAxes?: Record<string, { min: number; max: number }>;
    /** OpenType features that stay; all, where not given. */
    keepFeatures?: string[];
  }): Promise<Buffer>;
}
