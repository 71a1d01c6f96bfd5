/* says-native: this is not the text of a C file */
/* says-page: null character | expected | unexpected */
/* The first bytes of a Linux program. */
export default () => Buffer.from('7f454c4602010100000000000000000003003e0001000000', 'hex');
