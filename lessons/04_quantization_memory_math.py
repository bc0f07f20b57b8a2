# ---
# title: "04 Will it fit? Quantization and memory"
# ---

# %% [markdown]
# # Will it fit? Why a small model runs on a laptop
#
# A model is a pile of numbers. Stored in a few bits each, billions of them go into a laptop. After this lesson you know **before a
# download** whether a model will run, and why.
#
# **You will be able to**
#
# 1. **compute** the size of a model file, and say why "4-bit" never means 4 (`weights_bytes`, `bits_per_weight`),
# 2. **add up** what a conversation needs on top (`kv_cache_bytes`),
# 3. **decide** what fits, and **choose** the largest that does (`fits`, `largest_model_that_fits`).
#
# **You need** [lesson 00](00_start_here.ipynb), [lesson 02](02_call_a_local_model.ipynb), and Python's functions, lists, dictionaries and
# f-strings. **Time**: 40 minutes.
#
# | Section | Minutes |
# |---|---|
# | 1. One answer, two files | 3 |
# | 2. Weights to bytes | 5 |
# | 3. Why 4-bit is more | 5 |
# | 4. Real files | 3 |
# | 5. A conversation | 7 |
# | 6. Does it fit? | 9 |
# | 7. Turn the knobs | 3 |
# | 8. Look back | 5 |

# %%
# Tools for this lesson: run this cell, you need not read it.
import tempfile
from pathlib import Path

from localmodels import check, hint, quiz
from localmodels.memory import GB, GiB, OVERHEAD_BYTES, card
from localmodels.mixes import BLOCKS
from localmodels.tiny import MODEL_FILE, load
from localmodels.tiny.generate import generate
from localmodels.tiny.gguf_file import read
from localmodels.tiny.quantize import quantize
from localmodels.unfinished import needs_your_code

# %% [markdown]
# ## 1. One answer, two files (3 min)
#
# The course's own model is one [GGUF](../../glossary.md#gguf) file: {{ models.tiny_parameters }}
# [weights](../../glossary.md#weights) of 16 bits. Below, they are written again in 4 bits:
# [quantization](../../glossary.md#quantization).
#
# **Predict.** What will the smaller file answer? Replace the dots, run both cells. You need not read the second one: it
# writes the small file.

# %%
my_guess_answer = "..."  # the same answer, a worse one, or nonsense?

# %%
def answer(file, question):
    model = load(file)
    ids = model.chat_ids([{"role": "user", "content": question}])
    return model.tokenizer.decode(list(generate(model, ids, temperature=0)))


QUESTION = "What is quantization?"
small_file = Path(tempfile.mkdtemp()) / "tiny-4-bit.gguf"
quantize(MODEL_FILE, small_file, "Q4_0")
for file in (MODEL_FILE, small_file):
    parameters = sum(int(tensor.n_elements) for tensor in read(file).tensors.values())
    print(f"{file.stat().st_size:,} bytes, {parameters:,} weights:", answer(file, QUESTION))
print("You wrote:", my_guess_answer)

# %% [markdown]
# Less than a third of the bytes, and the same answer.
#
# **A common mistake:** *quantization removes weights.* Both lines count the same number. *Fewer bits* is the same model, written more
# coarsely. *Fewer parameters* is another model, which has learned less.

# %% [markdown]
# ## 2. Weights to bytes (5 min)
#
# A [bit](../../glossary.md#bit) is one 0 or 1; eight make a [byte](../../glossary.md#byte). A *worked example*, with the file on your
# disk as the judge:

# %%
bits = parameters * 16  # every weight is stored in 16 bits
size = bits / 8  # files are counted in bytes, and 8 bits make one
on_disk = MODEL_FILE.stat().st_size
print(f"computed {size:,.0f} bytes, on disk {on_disk:,}: {size / on_disk:.1%} of the file")

# %% [markdown]
# The rest is the *header*, mostly the list of word pieces the model knows.
#
# ### Exercise 1: `weights_bytes`
#
# *Difficulty 1 of 5, 2 minutes, 3 points.* For any model. The last step is yours: return **bytes**, with fractions.
#
# Stuck? Run `hint("weights_bytes")` in a new cell, up to three times.

# %% answer="weights_bytes"
def weights_bytes(parameters, bits_per_weight):
    """Bytes of `parameters` weights of `bits_per_weight` bits each."""
    bits = parameters * bits_per_weight
    ### BEGIN SOLUTION
    return bits / 8
    ### END SOLUTION

# %% check="weights_bytes"
check("weights_bytes")

# %% [markdown]
# Two units with nearly one name:
#
# | Unit | Bytes | Used for |
# |---|---|---|
# | [GB](../../glossary.md#gb) | 10**9 = 1,000,000,000 | downloads, disks |
# | [GiB](../../glossary.md#gib) | 2**30 = 1,073,741,824 | working memory ([RAM](../../glossary.md#ram)) |
#
# A GiB is 7 % more. Here `GB` and `GiB` are those two numbers.

# %%
eight_b = card("{{ models.eight_b }}")  # a published model, described by its numbers
for key, value in eight_b.items():  # such a description is a dictionary; we call it a card
    print(f"{key:16} {value}")
with needs_your_code():
    size = weights_bytes(eight_b["parameters"], 16)
    print(f"at 16 bits: {size / GB:.2f} GB, which is {size / GiB:.2f} GiB")

# %% [markdown]
# **A common mistake:** *the b in 8b means bytes.* It means *billions of [parameters](../../glossary.md#parameter)*, rounded. How many bytes they
# take depends on the [bits per weight](../../glossary.md#bits-per-weight).

# %% [markdown]
# ## 3. Why 4-bit is more (5 min)
#
# Four bits give 16 levels. To make the most of them, every small block of weights gets its own
# [scale](../../glossary.md#scale), which must be stored too.
#
# ![One Q4_0 block as a row of boxes: a scale of 16 bits, then 32 codes of 4 bits each. Together 144 bits, or 18 bytes, for 32 weights.](figures/04_block.svg)
#
# The [block format](../../glossary.md#block-format) [Q4_0](../../glossary.md#q4_0), in words: 32 codes of 4 bits take 16 bytes, the
# scale 2, together 18 bytes for 32 weights.

# %% [markdown]
# ### Exercise 2: `bits_per_weight`
#
# *Difficulty 1 of 5, 3 minutes, 3 points.* What does one weight cost, in bits? It is exercise 1 backwards, without a first line.
# Do not round.
#
# Stuck? `hint("bits_per_weight")`

# %% answer="bits_per_weight"
def bits_per_weight(block_bytes, block_weights):
    """Bits that each weight costs when `block_weights` of them take `block_bytes` bytes."""
    ### BEGIN SOLUTION
    return block_bytes * 8 / block_weights
    ### END SOLUTION

# %% check="bits_per_weight"
check("bits_per_weight")

# %%
with needs_your_code():
    for name in ("F16", "Q8_0", "Q6_K", "Q4_K", "Q4_0", "Q2_K"):
        block = BLOCKS[name]
        bits = bits_per_weight(block.bytes, block.weights)
        print(f"{name:5} {block.bytes:>4} bytes for {block.weights:>3} weights: {bits:.2f} bits each")
    print(f"the whole 4-bit file: {bits_per_weight(small_file.stat().st_size, parameters):.2f} bits per weight")

# %% [markdown]
# **A common mistake:** *4-bit means exactly a quarter of the 16-bit file.* The 4 counts the codes; the scale makes it 4.5, the header more.
#
# ## 4. Real files (3 min)
#
# Three published models meet your [estimate](../../glossary.md#estimate). **Predict**: which spends the most bits? Their
# [tags](../../glossary.md#model-tag) do not tell.

# %%
my_guess_tag = "..."  # {{ models.one_b }}, {{ models.gemma }} or {{ models.small }}?

# %%
cards = [card(name) for name in ("{{ models.one_b }}", "{{ models.gemma }}", "{{ models.small }}")]
with needs_your_code():
    for model in cards:
        naive, real = weights_bytes(model["parameters"], 4), model["file_bytes"]
        bits = bits_per_weight(real, model["parameters"])
        print(f"{model['name']:13} 4 bits would make {naive / GB:.2f} GB; the file has {real / GB:.2f} GB,")
        print(f"{'':13} {bits:.2f} bits per weight, format {model['format']}")
print("You wrote:", my_guess_tag)

# %% [markdown]
# **A common mistake:** *a plain tag is 4-bit.* Three plain tags, three formats:
#
# - `{{ models.one_b }}` is [Q8_0](../../glossary.md#q8_0).
# - `{{ models.gemma }}` is Q4_0, but some parts of the file keep more bits.
# - `{{ models.small }}` is [Q4_K_M](../../glossary.md#q4_k_m), a recipe that keeps more bits for the parts that matter most.
#
# Large Q4_K_M files have 4.8 to 5.1 bits, small ones more.

# %%
with needs_your_code():
    for model in cards + [eight_b]:
        bits, real = model["bits_per_weight"], model["file_bytes"]
        size = weights_bytes(model["parameters"], bits)
        miss = abs(size / real - 1)
        print(f"{model['name']:13} at {bits:.2f} bits: {size / GB:.2f} GB, {miss:.1%} off the real file")

# %% [markdown]
# Each model's card holds its bits: computed from its shape and its recipe, without a look at the file. Your sum lands
# within 1 %.
#
# **The gain**: less memory, and more speed, because fewer bytes are read for each word. **The price**: less
# [precision](../../glossary.md#precision). In a published test of an 8b model, a measure of how badly it guesses the next word rose by
# {{ quality.q8_0_percent }} % in Q8_0, {{ quality.q4_k_m_percent }} % in Q4_K_M, {{ quality.q2_k_percent }} % in Q2_K.

# %% [markdown]
# ## 5. A conversation (7 min)
#
# A model looks back at every [token](../../glossary.md#token). So that it need not read them again, it keeps a *key* and a *value* of
# each, in every [layer](../../glossary.md#layer). This [KV cache](../../glossary.md#kv-cache) grows with the
# [context](../../glossary.md#context-length).
#
# ![A grid: one row per layer, one column per token. Each cell holds a key and a value. A longer conversation adds columns.](figures/04_cache.svg)
#
# A *worked example*, with the running model as the judge:

# %%
model = load(MODEL_FILE)
shape = model.shape
# a key and a value (2), in each layer, for each key-value head, of head_size numbers each
numbers = 2 * shape.layers * shape.kv_heads * shape.head_size
# for every token; this small runtime keeps 32-bit numbers, 4 bytes each
expected = numbers * shape.context * 4
cache = model.new_cache()
print(f"{numbers} numbers per token, {expected:,} bytes for {shape.context} tokens")
print(f"measured in memory: {cache.keys.nbytes + cache.values.nbytes:,} bytes")

# %% [markdown]
# ### Exercise 3: `kv_cache_bytes`
#
# *Difficulty 2 of 5, 4 minutes, 5 points.* The same sum for a card: a dictionary with `"layers"`, `"heads"`, `"kv_heads"` and
# `"head_dim"` (numbers in one key, `head_size` in the example). `bytes_per_element` says how large a cached number is; 2 bytes are usual, hence `=2`.
#
# Mind the [heads](../../glossary.md#attention-head): `"heads"` look back, and several of them share one stored pair. `"kv_heads"` counts
# the stored pairs.
#
# Stuck? `hint("kv_cache_bytes")`

# %% answer="kv_cache_bytes"
def kv_cache_bytes(model, context, bytes_per_element=2):
    """Bytes of the KV cache of `model` for `context` tokens."""
    ### BEGIN SOLUTION
    cached_numbers = 2 * model["layers"] * model["kv_heads"] * model["head_dim"] * context
    return cached_numbers * bytes_per_element
    ### END SOLUTION

# %% check="kv_cache_bytes"
check("kv_cache_bytes")

# %% [markdown]
# **Predict.** `{{ models.eight_b }}` can read 131,072 tokens, a thick book. How large is its cache then, as a multiple of its weights?

# %%
my_guess_factor = 0.0  # 0.1 is a tenth of the weights, 2 is twice as much

# %%
with needs_your_code():
    weights = weights_bytes(eight_b["parameters"], eight_b["bits_per_weight"])
    for context in (4096, 32768, 131072):
        cached = kv_cache_bytes(eight_b, context)
        print(f"{context:>7,} tokens: {cached / GiB:5.2f} GiB cache, {cached / weights:.1f} times the weights")
    print("You wrote:", my_guess_factor)
    loner = card("{{ models.every_head }}")  # a model whose heads share nothing
    print(f"{loner['name']} at 4,096 tokens: {kv_cache_bytes(loner, 4096) / GiB:.2f} GiB")

# %% [markdown]
# **A common mistake:** *if the weights fit, it runs.* A long conversation can need several times the weights. Where heads share nothing, even
# a short one is expensive.
#
# ## 6. Does it fit? (9 min)
#
# > weights + KV cache + overhead ≤ free memory
#
# What does not fit crawls, or stops with an error. [Overhead](../../glossary.md#overhead) is the runtime's working space: we allow a flat
# {{ memory.overhead_gb }} GB, `OVERHEAD_BYTES`. Our example machine is **Ada's laptop**: 8 GiB of RAM, 6 GiB free.

# %% [markdown]
# ### Exercise 4: `fits`
#
# *Difficulty 3 of 5, 4 minutes, 6 points.* Is there room for the model, `context` tokens and the overhead in `free_gib` GiB? Return
# `True` or `False`; exactly full still fits. Use your functions, `OVERHEAD_BYTES` and `GiB`.
#
# A card also has `"parameters"` and `"bits_per_weight"`. Section 2 prints one.
#
# Stuck? `hint("fits")`

# %% answer="fits"
def fits(model, context, free_gib):
    """Whether weights, KV cache and overhead go into `free_gib` GiB."""
    ### BEGIN SOLUTION
    weights = weights_bytes(model["parameters"], model["bits_per_weight"])
    needed = weights + kv_cache_bytes(model, context) + OVERHEAD_BYTES
    return needed <= free_gib * GiB
    ### END SOLUTION

# %% check="fits"
check("fits")

# %%
names = ["{{ models.every_head }}", "{{ models.one_b }}", "{{ models.eight_b }}"]
names += ["{{ models.three_b }}", "{{ models.seven_b }}", "{{ models.small }}"]
shelf = [card(name) for name in names]
with needs_your_code():
    for model in shelf:
        verdict = "fits" if fits(model, 4096, 6) else "does not fit"
        print(f"{model['name']:13} {model['file_bytes'] / GB:.2f} GB: {verdict} in 6 GiB")

# %% [markdown]
# Compare the first line with the third: the *smaller* file does not fit, the larger one does. The cache decides.
#
# ### Exercise 5: `largest_model_that_fits`
#
# *Difficulty 3 of 5, 4 minutes, 5 points.* Return the **name** of the model with the most parameters among those that fit, or `None`.
# `models` is a list of cards, in any order; leave it as it is.
#
# Stuck? `hint("largest_model_that_fits")`

# %% answer="largest_model_that_fits"
def largest_model_that_fits(models, context, free_gib):
    """Name of the model with the most parameters that fits, or None."""
    ### BEGIN SOLUTION
    fitting = [model for model in models if fits(model, context, free_gib)]
    if not fitting:
        return None
    return max(fitting, key=lambda model: model["parameters"])["name"]
    ### END SOLUTION

# %% check="largest_model_that_fits"
check("largest_model_that_fits")

# %% [markdown]
# ## 7. Turn the knobs (3 min)
#
# The widget below runs on **your** functions. Answer first, then try:
#
# 1. You double the context. Which bars grow, which stay?
# 2. The first model misses by a hair. What is the smallest change that makes it fit?
# 3. `{{ models.eight_b }}`, 131,072 tokens: what saves more, half the bits per weight or half the bytes in the cache?

# %%
from localmodels.widgets import memory_bars

with needs_your_code():
    for context in (4096, 16384, 32768, 131072):
        print(f"{context:>7,} tokens in 6 GiB: {largest_model_that_fits(shelf, context, 6)}")
memory_bars(weights_bytes, kv_cache_bytes, fits, models=shelf, free_gib=6)

# %% [markdown]
# ![Bars of six models on a laptop with 6 GiB free, at 4,096 tokens. Five stay below the line; the one whose heads share nothing crosses it, because of its KV cache.](figures/04_fits.svg)
#
# **In words**: only the cache grows with the conversation, so the choice shrinks from 8 billion parameters to 1 billion. Half a context, or a
# cache in 8 bits, saves the first model. In a book-long conversation half the cache saves more than all the weights take.
#
# **Left out**: some models keep only the latest tokens in some layers and cache less; several chats at once need several
# caches. So estimate, then measure: after a chat, real Ollama reports the loaded size at `/api/ps`.

# %% [markdown]
# ## 8. Look back (5 min)
#
# - You **compute** a file: parameters × bits per weight ÷ 8. With scales and recipes "4-bit" is 4.5 to 5.2 bits, more in tiny models.
# - You **add up** a conversation: 2 × layers × key-value heads × numbers per head × tokens × bytes.
# - You **decide** with all three parts, in bytes on both sides. For learning, **choose** small: it fits, and it is quick.
#
# Now from memory, without scrolling up:

# %%
quiz("04")

# %% [markdown]
# All new words are in the [glossary](../../glossary.md).
#
# **If you like**: press *This computer* in the widget, give that number to `largest_model_that_fits`, and pull what it names.
#
# **Next**: lessons 01, 03 and 05 to 08 are not part of this version of the course. You have reached its end.
