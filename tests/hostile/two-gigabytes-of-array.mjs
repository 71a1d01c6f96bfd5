/* says: The compiler itself failed | too large | cannot be put together | linear_predict */
import { answer } from './programs.mjs';

export default () => answer({ before: 'char room[2147483647] = {1};', body: 'out[0] = (float)room[n];' });
