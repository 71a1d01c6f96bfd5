/** A file of the site, as web/site/offline.mjs lists it. */
interface SiteFile {
  /** Relative to the site's root; a page's is its folder's. */
  url: string;
  /** Null where the name itself holds a hash of the content. */
  revision: string | null;
  integrity: string;
  /** Kept before anything else works offline; kept when the page is idle; kept when the reader uses it. */
  when: 'first' | 'idle' | 'used';
  /** A page's: what its labs and challenges read. */
  needs?: string[];
}

/** Every file of this version, put in by the site's builder. */
declare const SITE_FILES: SiteFile[];
