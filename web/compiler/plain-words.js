/* What clang's message means, in plain words, for the errors that beginners make. The message itself stays: these are
 * the sentence after it. The messages are those of the pinned clang; tests/parity/diagnostics.mjs holds each entry
 * against a real compile, so that a new clang which words one differently is noticed. */

/** @typedef {(match: RegExpMatchArray) => string} Say */

/** Where a name that a learner may have forgotten to include comes from. */
const HEADERS = Object.entries({
  'stddef.h': 'size_t NULL ptrdiff_t offsetof',
  'stdint.h':
    'int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t INT32_MAX INT64_MAX UINT32_MAX SIZE_MAX',
  'stdbool.h': 'bool true false',
  'math.h': 'NAN INFINITY HUGE_VAL M_PI isnan isinf isfinite signbit',
  'float.h': 'FLT_MAX FLT_MIN FLT_EPSILON DBL_MAX DBL_MIN DBL_EPSILON',
  'limits.h': 'INT_MAX INT_MIN UINT_MAX LONG_MAX CHAR_BIT',
  'stdio.h': 'printf fprintf puts stdout stderr FILE EOF',
  'stdlib.h': 'malloc calloc realloc free qsort abs exit EXIT_SUCCESS EXIT_FAILURE',
  'string.h': 'memcpy memmove memset memcmp strlen strcmp',
  'assert.h': 'assert',
});

/** @type {Record<string, string>} */
const OTHER_LANGUAGES = {
  string: 'C has no type for text: it is an array of char, or a `const char *` that points to one.',
  boolean: 'The type is called `bool` in C, and needs `#include <stdbool.h>`.',
  integer: 'The type is called `int` in C.',
  std: 'That is C++. In C there are no namespaces and no std::; the library has functions instead.',
  vector: 'That is C++. In C, an array is a pointer and a length.',
  new: 'That is C++ or Java. In C, memory comes from malloc(count * sizeof *p), and goes back by free(p).',
  def: 'That is Python. A function in C begins with the type of its result: `double f(double x) { ... }`.',
  True: 'That is Python. In C: `true`, with `#include <stdbool.h>`, or 1.',
  False: 'That is Python. In C: `false`, with `#include <stdbool.h>`, or 0.',
  None: 'That is Python. A pointer to nothing is `NULL` in C.',
  retrun: 'A typing slip: `return`.',
};

/** @param {string} name */
const headerOf = (name) => HEADERS.find(([, names]) => names.split(' ').includes(name))?.[0];

/** @type {Say} */
function unknownName([, name]) {
  const header = headerOf(name);
  if (Object.hasOwn(OTHER_LANGUAGES, name)) return OTHER_LANGUAGES[name];
  if (header) return `That name comes from a header: put \`#include <${header}>\` at the top.`;
  if (name.startsWith('ml_'))
    return 'That name comes from the library: put `#include <ml.h>` at the top, and check the spelling.';
  return 'A name must be declared, with its type, before the line that uses it; capital and small letters count.';
}

/** @type {Say} */
function unknownFunction([, name]) {
  const header = headerOf(name);
  if (header) return `That function needs its header: put \`#include <${header}>\` at the top.`;
  if (name === 'elseif' || name === 'elif') return 'In C this is two words: `else if`.';
  if (name.startsWith('ml_'))
    return 'The library’s functions need `#include <ml.h>` at the top. If that is there, check the spelling: type ml_ for a list.';
  return 'C reads from top to bottom: write the function, or its declaration, above the line that calls it.';
}

const TYPE_OF_FORMAT =
  'printf trusts the letter after the %: %d is for int, %zu for size_t, %f for float and double, %s for text, %p ' +
  'for pointers.';

/**
 * The first that matches counts.
 * @type {[RegExp, Say][]}
 */
export const PLAIN_WORDS = [
  /* Punctuation. */
  [
    /^expected ';' in 'for'/,
    () => 'A for loop has three parts with semicolons between: `for (int i = 0; i < n; i++)`.',
  ],
  [
    /^expected ';'/,
    () => 'Each statement ends with a semicolon. It is usually missing at the end of this line, or of the one before.',
  ],
  [
    /^expected '\)'/,
    () =>
      'An opening parenthesis has no partner. Count both kinds on this line; a word that is no C between them ' +
      'has the same effect.',
  ],
  [
    /^expected '\(' after '(\w+)'/,
    ([, word]) => `In C, what belongs to \`${word}\` stands in parentheses: \`${word} (...)\`.`,
  ],
  [/^expected '\]'/, () => 'An opening square bracket has no partner.'],
  [
    /^expected '}'/,
    () =>
      'An opening brace has no partner. Indent what stands between braces, and you see which one; in a list of ' +
      'values, a comma may be missing.',
  ],
  [/^extraneous closing brace/, () => 'There is one } too many here, or one { too few above.'],
  [
    /^expected expression/,
    () =>
      'A value is missing here: look for a sign too many or too few, an unfinished text, or an else that has ' +
      'lost its if.',
  ],
  [
    /^expected identifier/,
    () => 'A name is missing here. Is there a comma too many, a decimal comma, or code outside of every function?',
  ],
  [
    /^invalid '==' at end of declaration/,
    () => 'One = gives a variable its value; two = ask whether two values are equal.',
  ],
  [/^invalid suffix/, () => 'A name cannot begin with a digit, and 2n is not a product: write `2 * n`.'],
  [
    /^function definition is not allowed here/,
    () =>
      'C has no functions inside functions. Move this one above; or does the function before it miss its closing ' +
      'brace?',
  ],

  /* Names. */
  [/^call to undeclared (?:library )?function '(\w+)'/, unknownFunction],
  [/^use of undeclared identifier '(\w+)'/, unknownName],
  [/^unknown type name '(\w+)'/, unknownName],
  [
    /^'(.+)' file not found/,
    () => 'There is no such header here. The library is `#include <ml.h>`; the C standard’s headers are here, too.',
  ],
  [
    /^invalid preprocessing directive/,
    () => 'A line that begins with # is for the preprocessor; it knows #include, #define, #if, #else and #endif.',
  ],
  [
    /^redefinition of '(\w+)'/,
    ([, name]) =>
      `There are two things called ${name} in the same place. To change a variable, leave its type out: ` +
      `\`${name} = ...;\`.`,
  ],
  [
    /^conflicting types for '(\w+)'/,
    ([, name]) => `${name} is declared twice with different types. Make both the same, or remove one.`,
  ],
  [
    /^no member named '(\w+)'/,
    () =>
      'A struct has only the fields that its declaration lists; ml.h shows them when you rest the pointer on the type.',
  ],
  [/did you mean to use '->'/, () => 'Through a pointer, a field is reached by an arrow: `p->field`.'],
  [
    /did you mean to use '\.'/,
    () => 'This is the struct itself and not a pointer to it: a field is reached by a dot, `s.field`.',
  ],

  /* Types and pointers. */
  [
    /^incompatible pointer types/,
    () =>
      'The two pointers point to different types, so the same bytes would be read as something else. Change the ' +
      'type of one, or convert element by element.',
  ],
  [
    /^incompatible integer to pointer conversion/,
    () =>
      'A number is given where an address is wanted. `&x` is the address of x; `p[i]` is an element, and `p` the ' +
      'address of the first.',
  ],
  [
    /^incompatible pointer to integer conversion/,
    () => 'An address is given where a number is wanted. `*p` or `p[0]` is the number that p points to.',
  ],
  [
    /^comparison between pointer and integer/,
    () => 'An address is compared with a number. `*p` or `p[i]` is the number that it points to.',
  ],
  [
    /^passing .* to parameter of incompatible type .*; take the address/,
    () => 'The function wants the address of it, so that it can change it or need not copy it: put & before the name.',
  ],
  [
    /^indirection requires pointer operand/,
    () => 'A * before a name follows a pointer, and this is no pointer. There is no ** for powers either: multiply.',
  ],
  [
    /^subscripted value is not an array/,
    () => 'Only arrays and pointers have elements. Is this the array, or one of its elements, or its length?',
  ],
  [
    /^called object type/,
    () => 'This is no function, so it cannot be called. Was a * for a product forgotten before the parenthesis?',
  ],
  [
    /discards qualifiers/,
    () =>
      '`const` says that these values are only to be read. Make your pointer `const` too; if you must change ' +
      'them, work on a copy.',
  ],
  [
    /^read-only variable is not assignable|^cannot assign to variable .* const/,
    () =>
      'It is declared `const`: it belongs to someone who relies on it not changing. Write to the output, or to a copy.',
  ],
  [
    /^expression is not assignable/,
    () => 'What stands left of = must be a place in memory, such as a variable or `a[i]`; not a computed value.',
  ],
  [/^variable has incomplete type 'void'/, () => '`void` means no value at all, so no variable can hold one.'],
  [
    /^variable-sized object may not be initialized/,
    () => 'An array whose length is only known at run time cannot have a list of values: fill it in a loop.',
  ],
  [
    /^sizeof on array function parameter|return the size of the pointer/,
    () =>
      'An array that comes as a parameter is only a pointer: its length is lost, and must come as a parameter of ' +
      'its own.',
  ],

  /* Calls and results. */
  [/^too (?:many|few) arguments/, () => 'Count the values in the call against the parameters in the declaration.'],
  [
    /^non-void function does not return a value/,
    () =>
      'Some way through this function reaches its end without `return`: what the caller gets then is chance. Add ' +
      'a `return` at the end.',
  ],
  [/^non-void function '\w+' should return a value/, () => 'The function promises a value, so `return` needs one.'],
  [
    /^void function '\w+' should not return a value/,
    () => 'A function declared `void` has no result. Change its type, or write a plain `return;`.',
  ],
  [
    /^ignoring return value/,
    () => 'The result is the whole point of this call. Keep it in a variable, or drop the call.',
  ],
  [
    /^address of stack memory/,
    () =>
      'A local variable is gone once its function returns; its address is then worth nothing. Let the caller ' +
      'provide the memory.',
  ],

  /* What compiles and still is not what was meant. */
  [
    /^using the result of an assignment as a condition/,
    () => 'One = gives the variable a new value; to ask whether they are equal, write ==.',
  ],
  [/comparison result unused/, () => 'Two = only ask; this line changes nothing. One = gives the variable its value.'],
  [/^expression result unused/, () => 'This line computes something and throws it away. Was an = or a += intended?'],
  [
    /uninitialized/,
    () =>
      'Until it is given a value, a variable holds whatever was in memory before. Give it one where it is ' +
      'declared: 0 for a sum.',
  ],
  [
    /^(for|while) loop has empty body|^if statement has empty body/,
    () =>
      'The semicolon right after the parenthesis is the whole body: it does nothing, and what follows is done ' +
      'once, always. Remove it.',
  ],
  [
    /^misleading indentation/,
    () =>
      'Without braces only one statement belongs to the if or the loop, whatever the indentation says. Put { } ' +
      'around both.',
  ],
  [
    /^chained comparison/,
    () => 'In C this compares the result of the first comparison, 0 or 1. Write `a < b && b < c`.',
  ],
  [/has lower precedence than/, () => 'C computes the comparison first. Put parentheses around what belongs together.'],
  [/^logical not is only applied/, () => '`!` takes only what stands right after it: write `!(a == b)` or `a != b`.'],
  [/^result of '.*\^.*' is/, () => '^ is no power in C, but an exclusive or of bits. Multiply instead.'],
  [
    /^more '%' conversions|^data argument not used by format/,
    () => 'The text of printf needs as many % as there are values after it.',
  ],
  [/^format specifies type/, () => TYPE_OF_FORMAT],
  [/^array index .* past the end/, () => 'An array of n elements has the indices 0 to n - 1.'],
  [/^(?:division|remainder) by zero/, () => 'Integers cannot be divided by zero: test the divisor first.'],
  [
    /^using integer absolute value function/,
    () => '`abs` is for int and cuts the fraction off; for doubles there is `fabs`, for floats `fabsf`.',
  ],
  [
    /^implicit conversion .* changes value/,
    () => 'The value does not fit that type, so another one is stored. Choose a wider type, or convert on purpose.',
  ],
  [
    /^multi-character character constant|^character constant too long/,
    () => "Single quotes hold one character, such as 'a'; text stands in double quotes.",
  ],
  [
    /^result of comparison against a string literal/,
    () => '== compares the two addresses, not the texts: use strcmp(a, b) == 0, from <string.h>.',
  ],
  [
    /^'break' statement not in loop|^'continue' statement not in loop/,
    () => 'There is no loop around this line. Has a brace closed it too early?',
  ],
  [
    /^declaration shadows/,
    () =>
      'A second variable of the same name hides the first one here; what is stored in one is not seen in the ' +
      'other. To use the first, leave the type out.',
  ],
];

/**
 * One plain sentence about a message of clang's, or '' where clang says it well enough.
 * @param {string} message
 */
export function plainWords(message) {
  for (const [pattern, say] of PLAIN_WORDS) {
    const match = pattern.exec(message);
    if (match) return say(match);
  }
  return '';
}
