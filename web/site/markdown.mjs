/** A lesson's Markdown into static HTML, with every mistake in it told by file and line. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import MarkdownIt from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { labLinkAttributes, presetProblems, readLabLink } from './settings.mjs';
import { containerRule, embedRule, frontMatter, headingId, mathRule } from './lesson-syntax.mjs';
import { didYouMean } from './errors.mjs';
import { Glossary } from './glossary.mjs';
import { highlightC } from './highlight.mjs';
import { anchor, escape, slugOf } from './html.mjs';
import { texToMathml } from './math.mjs';
import { readPrediction, renderPrediction } from './prediction.mjs';
import { readQuiz, renderQuiz } from './quiz.mjs';
import { langOf } from './language.mjs';
import { changedSettings, readPreset, settingsWords } from '../lib/link.js';
import { siteMarkdown as strings } from '../strings/strings.js';

/**
 * @typedef {object} Context what lessons may name
 * @property {string} root the repository
 * @property {Map<string, any>} labs declarations by name
 * @property {Map<string, any>} challenges by slug
 * @property {import('./errors.mjs').Mistakes} mistakes
 */

/**
 * @typedef {object} Lesson
 * @property {string} slug
 * @property {string} file
 * @property {string} title
 * @property {number} number
 * @property {string} lede
 * @property {string} html
 * @property {{ id: string, title: string }[]} sections
 * @property {string[]} labs
 * @property {string[]} challenges
 * @property {string[]} quizzes ids
 * @property {string[]} predictions ids
 * @property {string | null} [lang] of the text, where the site is in another language
 * @property {Map<string, string>} places the sections of its labs and challenges, by the cards' ids
 * @property {{ href: string, line: number }[]} links
 */

/**
 * @typedef {object} Env of one rendering
 * @property {string} file
 * @property {number} line of the file on which the text starts, from 1
 * @property {string} slug
 * @property {boolean} [sectionOpen]
 * @property {string} [section] where in the lesson the text stands
 * @property {Lesson} [lesson]
 * @property {any} [footnotes]
 * @property {{ href: string, line: number }[]} links
 */

const FRONT = ['title', 'number', 'lede'];

export class Markdown {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.glossary = new Glossary();
    this.md = new MarkdownIt({ html: false, typographer: true });
    this.md.use(footnotes).use(embedRule).use(containerRule).use(mathRule);
    this.md.core.ruler.before('inline', 'heading_ids', (state) => this.headings(state));
    this.md.core.ruler.push('check', (state) => this.check(state));
    this.rules();
  }

  /**
   * Markdown that is not a lesson: a challenge's task, its hints.
   * @param {string} markdown
   * @param {string} file
   * @param {number} line on which it starts in its file
   * @returns {string}
   */
  render(markdown, file, line) {
    return this.md.render(markdown, { file, line, slug: '', links: [] });
  }

  /**
   * @param {string} markdown a phrase
   * @param {string} file
   * @param {number} line
   * @param {Env} [around] the text that it is a part of
   */
  inline(markdown, file, line, around) {
    const { slug = '', section, links = [] } = around ?? {};
    return this.md.renderInline(markdown, { file, line, slug, section, links });
  }

  /**
   * @param {string} file
   * @param {string} text
   */
  readGlossary(file, text) {
    this.glossary.read(text, (definition, line) => this.inline(definition, file, line, { file, line, slug: '', links: this.glossary.links }),
      (line, sentence) => this.context.mistakes.add(file, line, sentence));
  }

  /**
   * @param {string} slug "01-overview"
   * @param {string} file
   * @param {string} text
   * @returns {Lesson | null} null if it has no front matter to speak of
   */
  lesson(slug, file, text) {
    const front = frontMatter(text);
    if (!front) {
      this.context.mistakes.add(file, 1, 'a lesson starts with front matter: a line ---, "title: ...", "number: ...", ' +
        '"lede: ...", a line ---.');
      return null;
    }
    this.checkFront(front, file);
    /** @type {Lesson} */
    const lesson = {
      slug, file, title: this.field(front, file, 'title'), lede: this.field(front, file, 'lede'),
      number: Number(this.field(front, file, 'number')), html: '', sections: [], labs: [], challenges: [], quizzes: [],
      predictions: [], places: new Map(),
      links: [],
    };
    if (!Number.isInteger(lesson.number) || lesson.number < 1) {
      this.context.mistakes.add(file, front.fields.get('number')?.line ?? 1, 'the number of a chapter is a whole number.');
    }
    /** @type {Env} */
    const env = { file, line: front.bodyLine, slug, lesson, links: lesson.links };
    const body = this.md.render(front.body, env);
    lesson.html = env.footnotes?.list?.length > 0 ? body : `${body}${endOfText(env)}`;
    this.unusedFootnotes(env, front.body);
    return lesson;
  }

  /** @type {(front: NonNullable<ReturnType<typeof frontMatter>>, file: string) => void} */
  checkFront({ fields, odd }, file) {
    for (const { text, line } of odd) {
      this.context.mistakes.add(file, line, `"${text}" is no new "key: value"; the front matter has one line each for ${FRONT.join(', ')}.`);
    }
    for (const [name, { line }] of fields) {
      if (!FRONT.includes(name)) this.context.mistakes.add(file, line, `the front matter has no key "${name}".${didYouMean(name, FRONT)}`);
    }
  }

  /**
   * @param {NonNullable<ReturnType<typeof frontMatter>>} front
   * @param {string} file
   * @param {string} name
   */
  field(front, file, name) {
    const value = front.fields.get(name)?.value ?? '';
    if (!value) this.context.mistakes.add(file, 1, `the front matter lacks "${name}: ...".`);
    return value;
  }

  /** @type {(env: Env, body: string) => void} */
  unusedFootnotes(env, body) {
    const lines = body.split('\n');
    for (const [label, count] of Object.entries(env.footnotes?.refs ?? {})) {
      if (count !== -1) continue;
      const line = env.line + lines.findIndex((text) => text.startsWith(`[^${label.slice(1)}]:`));
      this.context.mistakes.add(env.file, line, `footnote [^${label.slice(1)}] is never referred to; add it to the text, or remove it.`);
    }
  }

  /**
   * Takes "{#id}" off the headings and gives each an id.
   * @param {any} state
   */
  headings(state) {
    const seen = new Set();
    for (const [i, token] of state.tokens.entries()) {
      if (token.type !== 'heading_open') continue;
      const { title, id } = headingId(state.tokens[i + 1].content);
      state.tokens[i + 1].content = title;
      const own = id ?? slugOf(title);
      if (seen.has(own)) this.tell(state.env, token, `the id "${own}" is taken by an earlier heading; add {#another-id}.`);
      seen.add(own);
      token.attrSet('id', own);
      token.meta = { title };
      if (token.tag === 'h2') state.env.lesson?.sections.push({ id: own, title: title.replace(/[`*$]/g, '') });
      if (token.tag === 'h1') this.tell(state.env, token, 'the title stands in the front matter; headings start with ##.');
    }
  }

  /**
   * Sets formulas, and checks links, images and footnotes: everything that needs a line number.
   * @param {any} state
   */
  check(state) {
    for (const token of state.tokens) {
      if (token.type === 'heading_open' && token.tag === 'h2') state.env.section = token.attrGet('id');
      if (/^(ordered|bullet)_list_open$/.test(token.type)) this.checkList(state, token);
      if (token.type === 'math_block') this.setMath(state.env, token, token, true);
      if (token.type !== 'inline') continue;
      for (const [i, child] of token.children.entries()) {
        if (child.type === 'math') {
          this.setMath(state.env, token, child, false);
          keepTogether(child, token.children[i + 1]);
        }
        if (child.type === 'link_open') {
          this.checkLink(state.env, token, child);
          state.env.links.push({ href: child.attrGet('href'), line: this.lineOf(state.env, token) });
        }
        if (child.type === 'image') this.checkImage(state.env, token, child);
        if (child.type === 'text') child.content = child.content.replace(/(\d) (?=%|ms\b)/g, '$1\u00a0'); // a figure keeps its unit
        const lost = child.type === 'text' && /\[\^([^\]\s]+)\]/.exec(child.content);
        if (lost) this.tell(state.env, token, `footnote [^${lost[1]}] is not defined; add a line "[^${lost[1]}]: ...".`);
      }
    }
  }

  /**
   * A sentence that happens to go on with "1)" or "- " at the start of a line is a list to Markdown.
   * @type {(state: any, list: any) => void}
   */
  checkList(state, list) {
    const before = state.src.split('\n')[list.map[0] - 1] ?? '';
    if (list.level > 0 || /^\s*$|^:::|^\[\^/.test(before)) return;
    this.tell(state.env, list, 'this line begins a list in the middle of a paragraph. Leave a blank line before a ' +
      'list; if none is meant, let the line begin with another word.');
  }

  /**
   * Turns lab:NAME?param=value and term:NAME into links of the page.
   * @type {(env: Env, block: any, link: any) => void}
   */
  checkLink(env, block, link) {
    const href = link.attrGet('href');
    if (href.startsWith('lab:')) this.linkLab(env, block, link, href);
    if (href.startsWith('term:')) this.linkTerm(env, block, link, href);
  }

  /** @type {(env: Env, block: any, link: any, href: string) => void} */
  linkLab(env, block, link, href) {
    const { name, settings } = readLabLink(href);
    const lab = this.context.labs.get(name);
    if (!lab) this.tell(env, block, `there is no lab named "${name}".${didYouMean(name, this.context.labs.keys())}`);
    else for (const sentence of presetProblems(lab, settings)) this.tell(env, block, sentence);
    for (const [key, value] of Object.entries(labLinkAttributes(name, settings))) link.attrSet(key, value);
  }

  /** @type {(env: Env, block: any, link: any, href: string) => void} */
  linkTerm(env, block, link, href) {
    const term = this.glossary.find(href);
    if (!term) this.tell(env, block, this.glossary.problem(href));
    if (term && env.slug && env.section) term.uses.push({ slug: env.slug, section: env.section });
    link.attrSet('href', `../glossary/#${term?.id ?? ''}`);
    link.attrSet('class', 'term');
    link.attrSet('data-term', term?.id ?? '');
  }

  /** @type {(env: Env, block: any, token: any, display: boolean) => void} */
  setMath(env, block, token, display) {
    if (token.meta?.closed === false) this.tell(env, block, 'this $$ has no closing $$.');
    try {
      token.content = texToMathml(token.content, display);
    } catch (error) {
      this.tell(env, block, `${/** @type {Error} */ (error).message}.`);
    }
  }

  /** @type {(env: Env, block: any, image: any) => void} */
  checkImage(env, block, image) {
    const src = image.attrGet('src');
    const path = join(this.context.root, dirname(env.file), src);
    if (!image.content.trim()) this.tell(env, block, `the figure ${src} has no alternative text: ![what it shows](${src}).`);
    if (!src.endsWith('.svg')) this.tell(env, block, `${src}: figures are SVG files, drawn in the page's colours.`);
    else if (!existsSync(path)) this.tell(env, block, `there is no file ${src} beside the lesson.`);
    else image.meta = { svg: readFileSync(path, 'utf8') };
    const refused = image.meta && /<(?:script|style)\b|\s(?:style|on[a-z]+)=/.exec(image.meta.svg);
    if (refused) this.tell(env, block, `${src} holds "${refused[0].trim()}", which the pages' policy refuses; use attributes such as fill and class.`);
  }

  /**
   * @param {Env} env
   * @param {any} token
   */
  lineOf(env, token) {
    return env.line + (token.map?.[0] ?? 0);
  }

  /** @type {(env: Env, token: any, sentence: string) => void} */
  tell(env, token, sentence) {
    this.context.mistakes.add(env.file, this.lineOf(env, token), sentence);
  }

  rules() {
    const { rules } = this.md.renderer;
    rules.math = (tokens, i) => tokens[i].content;
    rules.math_block = (tokens, i) => `<div class="formula">${tokens[i].content}</div>\n`;
    rules.fence = (tokens, i) => fence(tokens[i]);
    rules.th_open = (tokens, i) => (tokens[i + 1].content ? '<th scope="col">' : '<td>'); // no heading without words
    rules.th_close = (tokens, i) => (tokens[i - 1].content ? '</th>' : '</td>');
    rules.heading_open = (tokens, i, _options, env) => openHeading(tokens[i], env);
    rules.heading_close = (tokens, i) => closeHeading(tokens, i);
    rules.image = (tokens, i) => figure(tokens[i]);
    rules.paragraph_open = (tokens, i, options, _env, self) => (holdsFigure(tokens[i + 1]) ? '' : self.renderToken(tokens, i, options));
    rules.paragraph_close = (tokens, i, options, _env, self) => (holdsFigure(tokens[i - 1]) ? '' : self.renderToken(tokens, i, options));
    rules.table_open = () => '<div class="table"><table>\n';
    rules.table_close = () => '</table></div>\n';
    rules.embed = (tokens, i, _options, env) => this.embed(tokens[i], env);
    rules.container = (tokens, i, _options, env) => this.container(tokens[i], env);
    rules.note_open = (tokens, i, _options, env) => this.openNote(tokens[i], env);
    rules.note_close = () => '</aside>\n';
    rules.footnote_ref = (tokens, i) => footnoteRef(tokens[i].meta);
    rules.footnote_block_open = (_tokens, _i, _options, env) => {
      return `${endOfText(env)}<section class="footnotes" id="sources"><h2>${strings.sourcesAndNotes}${anchor('sources', strings.sourcesAndNotes)}</h2>\n<ol>\n`;
    };
    rules.footnote_open = (tokens, i) => `<li id="fn${tokens[i].meta.id + 1}" tabindex="-1">`;
    rules.footnote_anchor = (tokens, i) => footnoteBack(tokens[i].meta);
  }

  /** @type {(token: any, env: Env) => string} */
  openNote(token, env) {
    if (!token.meta.closed) this.tell(env, token, `"::: ${token.info}" has no closing ":::".`);
    const title = token.info.replace(/^note\s*/, '') || strings.aNote;
    return `<aside class="note"><p class="note-title">${this.inline(title, env.file, this.lineOf(env, token), env)}</p>\n`;
  }

  /** @type {(token: any, env: Env) => string} */
  container(token, env) {
    const kind = token.info.split(/\s+/)[0];
    if (!token.meta.closed) this.tell(env, token, `"::: ${token.info}" has no closing ":::".`);
    if (kind === 'quiz') return this.quiz(token, env);
    if (kind === 'predict') return this.prediction(token, env);
    this.tell(env, token, `"::: ${kind}" is unknown; there are "::: note", "::: quiz" and "::: predict".`);
    return '';
  }

  /** @type {(token: any, env: Env) => string} */
  quiz(token, env) {
    const line = this.lineOf(env, token);
    const quiz = readQuiz(token.info, token.content, line, (at, sentence) => this.context.mistakes.add(env.file, at, sentence));
    if (!quiz) return '';
    const id = this.questionId(token, env, quiz.name);
    env.lesson?.quizzes.push(id);
    return renderQuiz(quiz, id, (text) => this.inline(text, env.file, line, env));
  }

  /** @type {(token: any, env: Env) => string} */
  prediction(token, env) {
    const line = this.lineOf(env, token);
    const prediction = readPrediction(token.info, token.content, line, this.context.labs,
      (at, sentence) => this.context.mistakes.add(env.file, at, sentence));
    if (!prediction) return '';
    const id = this.questionId(token, env, prediction.name);
    env.lesson?.predictions.push(id);
    env.links.push({ href: labLinkAttributes(prediction.lab.name, prediction.settings).href, line });
    return renderPrediction(prediction, id, (text) => this.inline(text, env.file, line, env));
  }

  /** @type {(token: any, env: Env, name: string) => string} */
  questionId(token, env, name) {
    const id = `${env.slug}/${name}`;
    const taken = [...(env.lesson?.quizzes ?? []), ...(env.lesson?.predictions ?? [])];
    if (taken.includes(id)) this.tell(env, token, `there is already a question named ${name}.`);
    return id;
  }

  /** @type {(token: any, env: Env) => string} */
  embed(token, env) {
    const [kind, name = '', ...settings] = token.content.split(/\s+/);
    const known = { lab: this.context.labs, challenge: this.context.challenges }[/** @type {string} */ (kind)];
    if (!known) {
      this.tell(env, token, `"{{${token.content}}}" is unknown; write {{lab NAME}} or {{challenge SLUG}}.`);
      return '';
    }
    const thing = known.get(name);
    if (!thing) {
      this.tell(env, token, `there is no ${kind} named "${name}".${didYouMean(name, known.keys())}`);
      return '';
    }
    const seen = env.lesson?.[kind === 'lab' ? 'labs' : 'challenges'] ?? [];
    const id = seen.includes(name) ? '' : `${kind}-${name}`; // the map leads to the first one
    seen.push(name);
    if (id && env.section) env.lesson?.places.set(id, env.section);
    if (kind === 'challenge') return challengeCard(thing, id);
    for (const sentence of presetProblems(thing, settings)) this.tell(env, token, sentence);
    return labCard(thing, { id, preset: settings.join(' ') });
  }
}

/**
 * @param {any} lab its declaration
 * @param {{ id?: string, preset?: string, autoplay?: boolean }} [options]
 */
export function labCard(lab, { id = '', preset = '', autoplay = false } = {}) {
  return `<lab-card class="wide"${id ? ` id="${escape(id)}"` : ''} name="${escape(lab.name)}"${preset ? ` preset="${escape(preset)}"` : ''}` +
    `${autoplay ? ' autoplay' : ''}><div class="fallback"><p class="tag">${strings.lab}</p><h3>${escape(lab.title)}</h3>` +
    `<p>${escape(lab.question)}</p><p class="needs">${strings.theLabComputes}</p>${autoplay ? '' : onPaper(lab, preset)}</div></lab-card>\n`;
}

/**
 * What a handout needs of a lab that was not opened: what it draws, at which settings, what to try and where it is. The
 * page writes the whole address there; without JavaScript it stays relative, as this page knows of no host.
 * @param {any} lab @param {string} preset
 */
function onPaper(lab, preset) {
  const { params, seed } = readPreset(lab, preset);
  const draws = lab.views.map((/** @type {any} */ view) => view.title).join('; ');
  const goals = lab.goals.map((/** @type {any} */ goal) => `<li>${escape(goal.sentence)}</li>`).join('');
  const address = `?${new URLSearchParams([['lab', lab.name], ...changedSettings(lab, { params, seed })])}`;
  return `<div class="on-paper"><p><b>${strings.itDraws}</b> ${escape(draws)}.</p>` +
    `<p><b>${strings.settings}</b> ${escape(settingsWords(lab, { params, seed }))}.</p>` +
    (goals ? `<p><b>${strings.tryThis}</b></p><ul>${goals}</ul>` : '') +
    `<p><b>${strings.onThePage}</b> <span class="address">${escape(address)}</span></p></div>`;
}

/**
 * @param {any} challenge as in data/challenges/SLUG.json
 * @param {string} id
 */
function challengeCard(challenge, id) {
  return `<challenge-card class="wide"${id ? ` id="${escape(id)}"` : ''} slug="${escape(challenge.slug)}"><div class="fallback"><p class="tag">${strings.challenge}</p>` +
    `<h3>${escape(challenge.title)}</h3><p class="needs">${strings.levelAboutMinutesC(challenge.level, challenge.minutes)}</p>` +
    `${challenge.lang ? `<div${langOf(challenge.lang)}>${challenge.task}</div>` : challenge.task}<pre class="code" tabindex="0" aria-label="${strings.whereToStart}"><code>${highlightC(challenge.starter)}` +
    '</code></pre></div></challenge-card>\n';
}

/**
 * A formula, its unit and the full stop or comma after it stay on one line.
 * @param {any} math
 * @param {any} next the token after it
 */
function keepTogether(math, next) {
  const tail = next?.type === 'text' ? /^(?: (?:%|ms\b))?[.,;:!?)”’]*/.exec(next.content)?.[0] : '';
  if (!tail) return;
  next.content = next.content.slice(tail.length);
  math.content = `<span class="together">${math.content}${escape(tail.replace(' ', '\u00a0'))}</span>`;
}

/** @param {any} token a fenced block of code */
function fence(token) {
  const code = token.info.trim() === 'c' ? highlightC(token.content) : escape(token.content);
  return `<pre tabindex="0"><code>${code}</code></pre>\n`;
}

/** @param {any} token */
function holdsFigure(token) {
  return token?.children?.length === 1 && token.children[0].type === 'image';
}

/** @param {any} image */
function figure(image) {
  const svg = (image.meta?.svg ?? '').replace(/<\?xml.*?\?>|<!--[\s\S]*?-->|\sxmlns="[^"]*"/g, '').trim();
  const caption = image.attrGet('title');
  return `<figure class="drawing">${svg.replace(/^<svg/, `<svg role="img" aria-label="${escape(image.content)}"`)}` +
    `${caption ? `<figcaption>${escape(caption)}</figcaption>` : ''}</figure>\n`;
}

/**
 * Ends the last section; in a lesson, what to look at again stands before the sources.
 * @param {Env} env
 */
function endOfText(env) {
  const close = env.sectionOpen ? '</section>\n' : '';
  env.sectionOpen = false;
  if (!env.lesson) return close;
  return `${close}<section id="recap"><h2>${strings.whatToLookAt}${anchor('recap', strings.whatToLookAt)}</h2>\n<chapter-recap chapter="${env.slug}">` +
    `<p class="needs">${strings.hereThePageLists}</p></chapter-recap></section>\n`;
}

/** @type {(token: any, env: Env) => string} */
function openHeading(token, env) {
  const id = escape(token.attrGet('id'));
  if (token.tag !== 'h2' || !env.lesson) return `<${token.tag} id="${id}">`;
  const close = env.sectionOpen ? '</section>\n' : '';
  env.sectionOpen = true;
  env.section = token.attrGet('id');
  return `${close}<section id="${id}" data-section="${env.slug}/${id}">\n<h2>`;
}

/** @type {(tokens: any[], i: number) => string} */
function closeHeading(tokens, i) {
  const open = tokens.slice(0, i).findLast((token) => token.type === 'heading_open');
  return `${anchor(open.attrGet('id'), open.meta.title)}</${open.tag}>\n`;
}

/** @param {{ id: number, subId: number }} meta */
function footnoteRef({ id, subId }) {
  const anchor = subId > 0 ? `fnref${id + 1}-${subId}` : `fnref${id + 1}`;
  return `<sup class="ref"><a href="#fn${id + 1}" id="${anchor}" aria-label="${strings.note(id + 1)}">${id + 1}</a></sup>`;
}

/** @param {{ id: number, subId: number }} meta */
function footnoteBack({ id, subId }) {
  const anchor = subId > 0 ? `fnref${id + 1}-${subId}` : `fnref${id + 1}`;
  return ` <a class="back" href="#${anchor}" aria-label="${strings.backToTheText}">↩</a>`;
}
