/* A recorded network as a C header: each node of the tape becomes a few lines with all its sizes written in. */
#include "nn/saving.h"

#include <string.h>

#include "base/math.h"
#include "nn/layer_functions.h"
#include "base/text.h"

/* What is being written. */
typedef struct exporter {
    const ml_tape *tape;
    int32_t input, output;
    const char *name;
    const bool *used; /* by node: output depends on it */
    ml_text *to;
} exporter;

#define ADD(...) ml_text_add(e->to, __VA_ARGS__)

static const ml_node *node_at(const exporter *e, int32_t index) {
    return &e->tape->node[index];
}

static const ml_node *parent(const exporter *e, const ml_node *node, int32_t which) {
    return node_at(e, node->parent[which]);
}

static size_t count(const ml_node *node) {
    return ml_tensor_count(&node->value);
}

static bool is_given(const ml_node *node) {
    return node->operation == ML_OP_LEAF || node->operation == ML_OP_CONSTANT;
}

/* Whether the node has its parent's elements, in their order. */
static bool is_alias(const ml_node *node) {
    return node->operation == ML_OP_RESHAPE || node->operation == ML_OP_DROPOUT;
}

/* The name of an array. */
typedef struct label {
    char text[ML_PARAM_NAME + 16];
} label;

static label label_of(const exporter *e, int32_t index) {
    label l;
    ml_text to = {l.text, sizeof l.text, 0};
    while (is_alias(node_at(e, index)))
        index = node_at(e, index)->parent[0];
    if (index == e->input)
        ml_text_add(&to, "x");
    else if (is_given(node_at(e, index)))
        ml_text_add(&to, "%s_%d", e->name, (int)index);
    else
        ml_text_add(&to, "v%d", (int)index);
    return l;
}

static label of_parent(const exporter *e, const ml_node *node, int32_t which) {
    return label_of(e, node->parent[which]);
}

/* --- Constants ---------------------------------------------------------------------------------------------------- */

/* A float as C writes it: "0.1f", "3.0f", "1e-05f". */
static void add_float(const exporter *e, float x) {
    char digits[32];
    ml_text to = {digits, sizeof digits, 0};
    ml_text_add_float(&to, x);
    ADD("%s%sf", digits, strpbrk(digits, ".e") != NULL ? "" : ".0");
}

static void add_floats(const exporter *e, size_t n, const float *value) {
    enum { A_LINE = 8 };
    for (size_t i = 0; i < n; i++) {
        ADD("%s", i % A_LINE == 0 ? "\n    " : " ");
        add_float(e, value[i]);
        ADD(",");
    }
    ADD("\n};\n\n");
}

static void add_constant(const exporter *e, int32_t index) {
    const ml_node *node = node_at(e, index);
    ml_tensor_shape_text shape;
    ADD("/* %s, %s */\nstatic const float %s[%zu] = {", node->name, ml_tensor_describe(&node->value, &shape),
        label_of(e, index).text, count(node));
    add_floats(e, count(node), node->value.data);
}

/* Batch norm's averages; what it divides by is computed here, once. */
static void add_averages(const exporter *e, int32_t index) {
    const ml_node *node = node_at(e, index);
    const size_t d = count(parent(e, node, 1));
    ADD("static const float %s_%d_mean[%zu] = {", e->name, (int)index, d);
    add_floats(e, d, node->running_mean);
    ADD("static const float %s_%d_inverse[%zu] = {", e->name, (int)index, d);
    for (size_t j = 0; j < d; j++) {
        ADD("\n    ");
        add_float(e, 1.0f / sqrtf(node->running_variance[j] + ML_NORM_EPSILON));
        ADD(",");
    }
    ADD("\n};\n\n");
}

/* --- Functions: those of base/math.c, and sums in the order of ml/kernels ----------------------------------------- */

static const char bits_source[] = "static float %s_from_bits(uint32_t bits) {\n"
                                  "    float x;\n"
                                  "    memcpy(&x, &bits, sizeof x);\n"
                                  "    return x;\n"
                                  "}\n\n"
                                  "static uint32_t %s_to_bits(float x) {\n"
                                  "    uint32_t bits;\n"
                                  "    memcpy(&bits, &x, sizeof bits);\n"
                                  "    return bits;\n"
                                  "}\n\n";

static const char absolute_source[] = "static float %s_absolute(float x) {\n"
                                      "    return %s_from_bits(%s_to_bits(x) & 0x7fffffffu);\n"
                                      "}\n\n";

static const char exp_source[] =
    "static float %s_exp(float x) {\n"
    "    x = x > 89.0f ? 89.0f : x;\n"
    "    x = x < -104.0f ? -104.0f : x;\n"
    "    const float shifted = x * 0x1.715476p+0f + 0x1.8p+23f, whole = shifted - 0x1.8p+23f;\n"
    "    const uint32_t k = %s_to_bits(shifted) - 0x4b400000u, half = ((k + 256) >> 1) - 128, rest = k - half;\n"
    "    const float r = (x - whole * 0x1.62e8p-1f) - whole * -0x1.e8082ep-16f;\n"
    "    const float series =\n"
    "        1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f)))));\n"
    "    const float e = 1.0f + (r + r * r * series);\n"
    "    return e * %s_from_bits((half + 127) << 23) * %s_from_bits((rest + 127) << 23);\n"
    "}\n\n";

static const char tanh_source[] =
    "static float %s_tanh(float x) {\n"
    "    float size = %s_absolute(x);\n"
    "    size = size > 10.0f ? 10.0f : size;\n"
    "    const float shifted = size * (2.0f * 0x1.715476p+0f) + 0x1.8p+23f, whole = shifted - 0x1.8p+23f;\n"
    "    const float r = size - whole * 0x1.62e43p-2f, z = r * r;\n"
    "    const float t = r + r * z * (-0x1.55554ep-2f + z * (0x1.1105bap-3f + z * -0x1.afe886p-5f));\n"
    "    const float power = %s_from_bits((%s_to_bits(shifted) << 23) + 0x3f800000u);\n"
    "    const float y = ((power - 1.0f) + (power + 1.0f) * t) / ((power + 1.0f) + (power - 1.0f) * t);\n"
    "    return %s_from_bits((%s_to_bits(y) & 0x7fffffffu) | (%s_to_bits(x) & 0x80000000u));\n"
    "}\n\n";

static const char sigmoid_source[] = "static float %s_sigmoid(float x) {\n"
                                     "    const float e = %s_exp(-%s_absolute(x));\n"
                                     "    return (x < 0.0f ? e : 1.0f) / (1.0f + e);\n"
                                     "}\n\n";

static const char gelu_source[] =
    "static float %s_gelu(float x) {\n"
    "    float size = %s_absolute(x);\n"
    "    size = size > 14.5f ? 14.5f : size;\n"
    "    const float h = %s_from_bits(%s_to_bits(size) & 0xfffff000u), d = 0.5f * (h + size) * (size - h);\n"
    "    const float series = 1.0f - d * (1.0f - d * (1 / 2.0f - d * (1 / 6.0f - d * (1 / 24.0f))));\n"
    "    const float above = 0.5f + size * (0x1.c0d02ep-2f + size * (0x1.7743a8p-3f + size * (0x1.4cdd9ap-5f +\n"
    "                        size * 0x1.0dc3a4p-8f)));\n"
    "    const float below = 1.0f + size * (0x1.acaa48p+0f + size * (0x1.33d714p+0f + size * (0x1.e0bc7ap-2f +\n"
    "                        size * (0x1.a1362cp-4f + size * 0x1.52186ap-7f))));\n"
    "    const float tail = %s_exp(-0.5f * h * h) * series * (above / below);\n"
    "    return x < 0.0f ? -size * tail : x * (1.0f - tail);\n"
    "}\n\n";

static const char sum_source[] = "static float %s_sum(int n, const float *a) {\n"
                                 "    float lane[4] = {0};\n"
                                 "    int i = 0;\n"
                                 "    for (; i < n - n %% 4; i++)\n"
                                 "        lane[i %% 4] += a[i];\n"
                                 "    float total = (lane[0] + lane[2]) + (lane[1] + lane[3]);\n"
                                 "    for (; i < n; i++)\n"
                                 "        total += a[i];\n"
                                 "    return total;\n"
                                 "}\n\n";

static const char softmax_source[] = "static void %s_softmax(int n, const float *a, float *out) {\n"
                                     "    float most = a[0];\n"
                                     "    for (int j = 1; j < n; j++)\n"
                                     "        most = a[j] > most ? a[j] : most;\n"
                                     "    for (int j = 0; j < n; j++)\n"
                                     "        out[j] = %s_exp(a[j] - most);\n"
                                     "    const float total = %s_sum(n, out);\n"
                                     "    for (int j = 0; j < n; j++)\n"
                                     "        out[j] /= total;\n"
                                     "}\n\n";

/* Newton's square root in double, falling from a start above it. Rounded to float it is what sqrtf gives: the root of a
 * float is never as near to the middle between two floats as the double's error. */
static const char norm_source[] =
    "static float %s_sqrt(float x) {\n"
    "    double root = x > 1.0f ? (double)x : 1.0, next = 0.5 * (root + (double)x / root);\n"
    "    for (; next < root; next = 0.5 * (root + (double)x / root))\n"
    "        root = next;\n"
    "    return (float)root;\n"
    "}\n\n"
    "static void %s_layer_norm(int n, const float *a, const float *scale, const float *shift, float *out) {\n"
    "    float lane[4] = {0};\n"
    "    int i = 0;\n"
    "    const float mean = %s_sum(n, a) / (float)n;\n"
    "    for (int j = 0; j < n; j++)\n"
    "        out[j] = a[j] - mean;\n"
    "    for (; i < n - n %% 4; i++)\n"
    "        lane[i %% 4] += out[i] * out[i];\n"
    "    float squares = (lane[0] + lane[2]) + (lane[1] + lane[3]);\n"
    "    for (; i < n; i++)\n"
    "        squares += out[i] * out[i];\n"
    "    const float inverse = 1.0f / %s_sqrt(squares / (float)n + 1e-5f);\n"
    "    for (int j = 0; j < n; j++)\n"
    "        out[j] = scale[j] * (out[j] * inverse) + shift[j];\n"
    "}\n\n";

static bool uses(const exporter *e, ml_operation operation) {
    for (int32_t i = 0; i < e->tape->n_nodes; i++)
        if (e->used[i] && node_at(e, i)->operation == operation)
            return true;
    return false;
}

static void add_functions(const exporter *e) {
    const bool tanh = uses(e, ML_OP_TANH), sigmoid = uses(e, ML_OP_SIGMOID), softmax = uses(e, ML_OP_SOFTMAX);
    const bool gelu = uses(e, ML_OP_GELU), norm = uses(e, ML_OP_LAYER_NORM);
    const bool exponential = sigmoid || softmax || gelu || uses(e, ML_OP_EXP);
    const bool absolute = tanh || sigmoid || gelu || uses(e, ML_OP_ABSOLUTE);
    const char *name = e->name;
    if (exponential || absolute)
        ADD(bits_source, name, name);
    if (absolute)
        ADD(absolute_source, name, name, name);
    if (exponential)
        ADD(exp_source, name, name, name, name);
    if (tanh)
        ADD(tanh_source, name, name, name, name, name, name, name);
    if (sigmoid)
        ADD(sigmoid_source, name, name, name);
    if (gelu)
        ADD(gelu_source, name, name, name, name, name);
    if (softmax || norm)
        ADD(sum_source, name);
    if (softmax)
        ADD(softmax_source, name, name, name);
    if (norm)
        ADD(norm_source, name, name, name, name);
}

/* --- Operations. `v` is the node's array, a and b its parents'. --------------------------------------------------- */

/* Opens loops i0, i1, ... over all elements, row by row, with k counting them; close_loops must follow. */
static void open_loops(const exporter *e, const ml_tensor *over) {
    ADD("    k = 0;\n");
    for (int32_t i = 0; i < over->dimensions; i++)
        ADD("    for (int i%d = 0; i%d < %zu; i%d++)\n", (int)i, (int)i, over->size[i], (int)i);
}

/* "i0 * 12 + i1": where a view's element is. */
static void add_index(const exporter *e, const ml_tensor *view, size_t offset) {
    ADD("%zu", offset);
    for (int32_t i = 0; i < view->dimensions; i++)
        if (view->stride[i] != 0 && view->size[i] > 1)
            ADD(" + i%d * %zu", (int)i, view->stride[i]);
}

static void add_view(const exporter *e, const char *array, const ml_tensor *view, size_t offset) {
    ADD("%s[", array);
    add_index(e, view, offset);
    ADD("]");
}

static const char *sign_of(ml_operation operation) {
    return operation == ML_OP_ADD ? "+" : operation == ML_OP_SUBTRACT ? "-" : operation == ML_OP_MULTIPLY ? "*" : "/";
}

static void add_pair(const exporter *e, const char *v, const ml_node *node) {
    const label a = of_parent(e, node, 0), b = of_parent(e, node, 1);
    const ml_tensor *shape = &node->value;
    ml_tensor of_a, of_b;
    ml_tensor_broadcast(&parent(e, node, 0)->value, shape->dimensions, shape->size, &of_a, NULL);
    ml_tensor_broadcast(&parent(e, node, 1)->value, shape->dimensions, shape->size, &of_b, NULL);
    open_loops(e, shape);
    ADD("        %s[k++] = ", v);
    add_view(e, a.text, &of_a, 0);
    if (node->operation != ML_OP_MAXIMUM) {
        ADD(" %s ", sign_of(node->operation));
        add_view(e, b.text, &of_b, 0);
    } else {
        ADD(" >= ");
        add_view(e, b.text, &of_b, 0);
        ADD(" ? ");
        add_view(e, a.text, &of_a, 0);
        ADD(" : ");
        add_view(e, b.text, &of_b, 0);
    }
    ADD(";\n");
}

static void add_single(const exporter *e, const char *v, const ml_node *node) {
    const label l = of_parent(e, node, 0);
    const char *a = l.text;
    ADD("    for (k = 0; k < %zu; k++)\n        %s[k] = ", count(node), v);
    if (node->operation == ML_OP_RELU)
        ADD("%s[k] <= 0.0f ? 0.0f : %s[k];\n", a, a);
    else if (node->operation == ML_OP_SCALE) {
        add_float(e, node->number);
        ADD(" * %s[k];\n", a);
    } else
        ADD("%s_%s(%s[k]);\n", e->name, ml_operation_name(node->operation), a);
}

/* Elements of a in another order: a view of it, row by row. */
static void add_copy(const exporter *e, const char *v, const char *a, const ml_tensor *view, size_t offset) {
    open_loops(e, view);
    ADD("        %s[k++] = ", v);
    add_view(e, a, view, offset);
    ADD(";\n");
}

static void add_permuted(const exporter *e, const char *v, const ml_node *node) {
    const ml_tensor *a = &parent(e, node, 0)->value;
    ml_tensor view = *a;
    if (node->operation == ML_OP_TRANSPOSE)
        ml_tensor_transpose(a, &view, NULL);
    for (int32_t i = 0; node->operation == ML_OP_PERMUTE && i < a->dimensions; i++) {
        view.size[i] = a->size[node->order[i]];
        view.stride[i] = a->stride[node->order[i]];
    }
    add_copy(e, v, of_parent(e, node, 0).text, &view, 0);
}

static void add_slice(const exporter *e, const char *v, const ml_node *node) {
    ml_tensor view = node->value;
    const ml_tensor *a = &parent(e, node, 0)->value;
    memcpy(view.stride, a->stride, sizeof view.stride);
    add_copy(e, v, of_parent(e, node, 0).text, &view, node->from * a->stride[node->dimension]);
}

/* First a, then b behind it: v is written through a view, a and b are read row by row. */
static void add_concatenation(const exporter *e, const char *v, const ml_node *node) {
    size_t offset = 0;
    for (int32_t i = 0; i < 2; i++) {
        ml_tensor view = parent(e, node, i)->value;
        memcpy(view.stride, node->value.stride, sizeof view.stride);
        open_loops(e, &view);
        ADD("        ");
        add_view(e, v, &view, offset);
        ADD(" = %s[k++];\n", of_parent(e, node, i).text);
        offset += view.size[node->dimension] * view.stride[node->dimension];
    }
}

static void add_matmul(const exporter *e, const char *v, const ml_node *node) {
    const ml_tensor *a = &parent(e, node, 0)->value;
    const int32_t last = node->value.dimensions - 1;
    const size_t m = node->value.size[last - 1], n = node->value.size[last], inner = a->size[last];
    ADD("    for (int s = 0; s < %zu; s++)\n", count(node) / (m * n));
    ADD("        for (int i = 0; i < %zu; i++)\n            for (int j = 0; j < %zu; j++) {\n", m, n);
    ADD("                float sum = 0.0f;\n                for (k = 0; k < %zu; k++)\n", inner);
    ADD("                    sum += %s[(s * %zu + i) * %zu + k] * %s[(s * %zu + k) * %zu + j];\n",
        of_parent(e, node, 0).text, m, inner, of_parent(e, node, 1).text, inner, n);
    ADD("                %s[(s * %zu + i) * %zu + j] = sum;\n            }\n", v, m, n);
}

/* The loops over images, rows, columns and channels of an output [n, height, width, channels]. */
static void open_image_loops(const exporter *e, const ml_tensor *out) {
    ADD("    k = 0;\n    for (int n = 0; n < %zu; n++)\n", out->size[0]);
    ADD("        for (int row = 0; row < %zu; row++)\n", out->size[1]);
    ADD("            for (int column = 0; column < %zu; column++)\n", out->size[2]);
    ADD("                for (int c = 0; c < %zu; c++) {\n", out->size[3]);
}

static void add_conv2d(const exporter *e, const char *v, const ml_node *node) {
    const ml_tensor *x = &parent(e, node, 0)->value, *w = &parent(e, node, 1)->value;
    const size_t padding = node->padding;
    const label a = of_parent(e, node, 0), weight = of_parent(e, node, 1);
    open_image_loops(e, &node->value);
    ADD("                    float sum = 0.0f;\n");
    ADD("                    for (int i = 0; i < %zu; i++)\n", w->size[0]);
    ADD("                        for (int j = 0; j < %zu; j++) {\n", w->size[1]);
    ADD("                            const int h = row * %zu + i - %zu, t = column * %zu + j - %zu;\n", node->stride,
        padding, node->stride, padding);
    ADD("                            if (h < 0 || h >= %zu || t < 0 || t >= %zu)\n", x->size[1], x->size[2]);
    ADD("                                continue;\n");
    ADD("                            for (int p = 0; p < %zu; p++)\n", x->size[3]);
    ADD("                                sum += %s[((n * %zu + h) * %zu + t) * %zu + p] *\n", a.text, x->size[1],
        x->size[2], x->size[3]);
    ADD("                                       %s[((i * %zu + j) * %zu + p) * %zu + c];\n", weight.text, w->size[1],
        w->size[2], w->size[3]);
    ADD("                        }\n                    %s[k++] = sum", v);
    if (node->parent[2] != ML_NO_NODE)
        ADD(" + %s[c]", of_parent(e, node, 2).text);
    ADD(";\n                }\n");
}

static void add_pool(const exporter *e, const char *v, const ml_node *node) {
    const ml_tensor *x = &parent(e, node, 0)->value;
    const size_t window = node->window, stride = node->stride;
    const bool most = node->operation == ML_OP_MAX_POOL;
    const label a = of_parent(e, node, 0);
    open_image_loops(e, &node->value);
    ADD("                    const float *w = %s + ((n * %zu + row * %zu) * %zu + column * %zu) * %zu + c;\n", a.text,
        x->size[1], stride, x->size[2], stride, x->size[3]);
    ADD("                    float of = %s;\n", most ? "w[0]" : "0.0f");
    ADD("                    for (int i = 0; i < %zu; i++)\n", window);
    ADD("                        for (int j = 0; j < %zu; j++) {\n", window);
    ADD("                            const float one = w[(i * %zu + j) * %zu];\n", x->size[2], x->size[3]);
    ADD("                            of = %s;\n                        }\n", most ? "one > of ? one : of" : "of + one");
    if (most)
        ADD("                    %s[k++] = of;\n                }\n", v);
    else
        ADD("                    %s[k++] = of / %zu.0f;\n                }\n", v, window * window);
}

/* Row by row of the last dimension. */
static void add_rows(const exporter *e, const char *v, const ml_node *node) {
    const size_t d = node->value.size[node->value.dimensions - 1];
    const label a = of_parent(e, node, 0);
    ADD("    for (k = 0; k < %zu; k++)\n        %s_%s(%zu, %s + k * %zu, ", count(node) / d, e->name,
        ml_operation_name(node->operation), d, a.text, d);
    if (node->operation == ML_OP_LAYER_NORM)
        ADD("%s, %s, ", of_parent(e, node, 1).text, of_parent(e, node, 2).text);
    ADD("%s + k * %zu);\n", v, d);
}

static void add_batch_norm(const exporter *e, const char *v, int32_t index) {
    const ml_node *node = node_at(e, index);
    const size_t d = count(parent(e, node, 1));
    const label a = of_parent(e, node, 0);
    ADD("    for (k = 0; k < %zu; k++) {\n        const int j = k %% %zu;\n", count(node), d);
    ADD("        %s[k] = %s[j] * ((%s[k] - %s_%d_mean[j]) * %s_%d_inverse[j]) + %s[j];\n    }\n", v,
        of_parent(e, node, 1).text, a.text, e->name, (int)index, e->name, (int)index, of_parent(e, node, 2).text);
}

/* Returns whether the operation is known. */
static bool add_operation(const exporter *e, int32_t index) {
    const ml_node *node = node_at(e, index);
    const label v = label_of(e, index);
    switch (node->operation) {
    case ML_OP_ADD:
    case ML_OP_SUBTRACT:
    case ML_OP_MULTIPLY:
    case ML_OP_DIVIDE:
    case ML_OP_MAXIMUM:
        add_pair(e, v.text, node);
        return true;
    case ML_OP_SCALE:
    case ML_OP_ABSOLUTE:
    case ML_OP_RELU:
    case ML_OP_TANH:
    case ML_OP_SIGMOID:
    case ML_OP_GELU:
    case ML_OP_EXP:
        add_single(e, v.text, node);
        return true;
    case ML_OP_TRANSPOSE:
    case ML_OP_PERMUTE:
        add_permuted(e, v.text, node);
        return true;
    case ML_OP_SLICE:
        add_slice(e, v.text, node);
        return true;
    case ML_OP_CONCATENATE:
        add_concatenation(e, v.text, node);
        return true;
    case ML_OP_MATMUL:
        add_matmul(e, v.text, node);
        return true;
    case ML_OP_CONV2D:
        add_conv2d(e, v.text, node);
        return true;
    case ML_OP_MAX_POOL:
    case ML_OP_AVERAGE_POOL:
        add_pool(e, v.text, node);
        return true;
    case ML_OP_SOFTMAX:
    case ML_OP_LAYER_NORM:
        add_rows(e, v.text, node);
        return true;
    case ML_OP_BATCH_NORM:
        add_batch_norm(e, v.text, index);
        return node->running_mean != NULL;
    default:
        return is_given(node) || is_alias(node);
    }
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

static bool is_identifier(const char *name) {
    const size_t length = strlen(name);
    for (size_t i = 0; i < length; i++) {
        const char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
            return false;
    }
    return length > 0 && length < ML_PARAM_NAME;
}

static ml_status check_ends(const exporter *e, ml_error *error) {
    const ml_tape *tape = e->tape;
    if (tape->status != ML_OK)
        return ml_fail(error, tape->status, "%s", tape->error.message);
    if (!is_identifier(e->name))
        return ml_fail(error, ML_EINVAL, "export: \"%.80s\" is no C identifier of up to %d characters", e->name,
                       ML_PARAM_NAME - 1);
    if (e->output < 0 || e->output >= tape->n_nodes)
        return ml_fail(error, ML_EINVAL, "export: there is no node %d on the tape; it has %d", (int)e->output,
                       (int)tape->n_nodes);
    if (e->input < 0 || e->input >= tape->n_nodes || node_at(e, e->input)->operation != ML_OP_CONSTANT)
        return ml_fail(error, ML_EINVAL, "export: node %d is no constant of the tape; the input is one", (int)e->input);
    return ML_OK;
}

/* Marks what output depends on. */
static void mark_used(const exporter *e, bool *used) {
    used[e->output] = true;
    for (int32_t i = e->output; i >= 0; i--)
        for (int32_t p = 0; used[i] && p < ML_PARENTS; p++)
            if (node_at(e, i)->parent[p] != ML_NO_NODE)
                used[node_at(e, i)->parent[p]] = true;
}

static bool all_finite(size_t n, const float *x) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static ml_status check_values(const exporter *e, ml_error *error) {
    if (!e->used[e->input])
        return ml_fail(error, ML_EINVAL, "export: the output does not depend on the input \"%s\"",
                       node_at(e, e->input)->name);
    for (int32_t i = 0; i <= e->output; i++) {
        const ml_node *node = node_at(e, i);
        const bool averages = e->used[i] && node->operation == ML_OP_BATCH_NORM && node->running_mean != NULL;
        const size_t d = averages ? count(parent(e, node, 1)) : 0;
        if ((e->used[i] && i != e->input && is_given(node) && !all_finite(count(node), node->value.data)) ||
            !all_finite(d, node->running_mean) || !all_finite(d, node->running_variance))
            return ml_fail(error, ML_EINVAL, "export: \"%s\" holds NaN or infinity", node->name);
    }
    return ML_OK;
}

static void add_head(const exporter *e) {
    const ml_node *input = node_at(e, e->input), *output = node_at(e, e->output);
    ml_tensor_shape_text of_x, of_y;
    ADD("/* A trained network in plain C99. %s(x, y) computes y [%s] from x [%s].\n"
        " * Compile with -ffp-contract=off to get the bits of the library that wrote this. */\n"
        "#ifndef %s_HEADER\n#define %s_HEADER\n\n#include <stdint.h>\n#include <string.h>\n\n",
        e->name, ml_tensor_describe(&output->value, &of_y), ml_tensor_describe(&input->value, &of_x), e->name, e->name);
}

static void add_arrays(const exporter *e) {
    for (int32_t i = 0; i <= e->output; i++) {
        if (!e->used[i] || i == e->input)
            continue;
        if (is_given(node_at(e, i)))
            add_constant(e, i);
        if (node_at(e, i)->operation == ML_OP_BATCH_NORM && node_at(e, i)->running_mean != NULL)
            add_averages(e, i);
    }
}

static ml_status add_function(const exporter *e, ml_error *error) {
    ADD("static void %s(const float *x, float *y) {\n    int k;\n", e->name);
    for (int32_t i = 0; i <= e->output; i++) {
        const ml_node *node = node_at(e, i);
        if (!e->used[i])
            continue;
        if (!is_given(node) && !is_alias(node))
            ADD("    float v%d[%zu]; /* %s */\n", (int)i, count(node), ml_operation_name(node->operation));
        if (!add_operation(e, i))
            return ml_fail(error, ML_EINVAL, "export: %s%s cannot be written in C yet", node->name,
                           node->operation == ML_OP_BATCH_NORM ? " without running averages" : "");
    }
    ADD("    for (k = 0; k < %zu; k++)\n        y[k] = %s[k];\n}\n\n#endif\n", count(node_at(e, e->output)),
        label_of(e, e->output).text);
    return ML_OK;
}

static ml_status write_header(const exporter *e, ml_error *error) {
    ML_TRY(check_values(e, error));
    add_head(e);
    add_arrays(e);
    add_functions(e);
    return add_function(e, error);
}

ml_status ml_export_c(const ml_tape *tape, int32_t input, int32_t output, const char *name, size_t capacity, char *at,
                      size_t *length, ml_arena *scratch, ml_error *error) {
    ml_text to = {at, capacity, 0};
    exporter e = {.tape = tape, .input = input, .output = output, .name = name, .to = &to};
    ML_TRY(check_ends(&e, error));
    const ml_arena_mark mark = ml_arena_save(scratch);
    bool *used = ML_ALLOC(scratch, (size_t)tape->n_nodes, bool);
    if (used == NULL)
        return ml_fail(error, ML_ENOMEM, "export: there is no memory to mark %d nodes", (int)tape->n_nodes);
    e.used = used;
    mark_used(&e, used);
    const ml_status status = write_header(&e, error);
    ml_arena_release(scratch, mark);
    ML_TRY(status);
    return ml_text_end(&to, "C header", length, error);
}
