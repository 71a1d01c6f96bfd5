/* says: passes */
import { answer } from './programs.mjs';

export default () => answer({ body: '(void)b;\n'.repeat(100000) });
