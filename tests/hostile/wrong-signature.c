/* says-native: out[0] is */
/* says-page: linear_predict does not have the parameters */
double linear_predict(int x);

double linear_predict(int x) {
    return x;
}
