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
# 1. **compute** the size of a model file, and say why "4-bit" costs more than 4 (`weights_bytes`, `bits_per_weight`),
# 2. **add up** what a conversation needs on top (`kv_cache_bytes`),
# 3. **decide** what fits, and **choose** the largest that does (`fits`, `largest_model_that_fits`).
#
# **You need** [lesson 00](00_start_here.ipynb), [lesson 02](02_call_a_local_model.ipynb), and Python's functions, lists, dictionaries and
# f-strings. **Time**: about 60 minutes. A good place to stop for today is the end of section 4.

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
from localmodels.unfinished import needs_your_code, you_wrote

# %% [markdown]
# A `NameError`, "name ... is not defined", means that the cells above have not run: *Run > Run All Above Selected Cell*.

# %% [markdown]
# ## 1. One question, three files (9 min)
#
# The course's model is a [GGUF](../../glossary.md#gguf) file of {{ models.tiny_parameters }} 16-bit
# [weights](../../glossary.md#weights). Below, it is written in 4 and 2 bits: [quantization](../../glossary.md#quantization).
#
# **Predict** its three answers.

# %%
my_guess_answers = {  # right, worse, or nonsense?
    "16 bits": "...",
    "4 bits": "...",
    "2 bits": "...",
}

# %%
def answer(file):
    model = load(file)
    ids = model.chat_ids([{"role": "user", "content": "What is a local model?"}])
    return model.tokenizer.decode(list(generate(model, ids, temperature=0, max_tokens=24)))


folder = Path(tempfile.mkdtemp())
files = {"16 bits": MODEL_FILE, "4 bits": folder / "4-bit.gguf", "2 bits": folder / "2-bit.gguf"}
quantize(MODEL_FILE, files["4 bits"], "Q4_0")
quantize(MODEL_FILE, files["2 bits"], "Q2_K")
for bits, file in files.items():
    parameters = sum(int(tensor.n_elements) for tensor in read(file).tensors.values())
    print(f"{bits}: {file.stat().st_size:,} bytes, {parameters:,} weights: {answer(file)}")
you_wrote(my_guess_answers)

# %% [markdown]
# Here 4 bits give the same words from less than a third of the bytes; 2 bits give nonsense. Where it breaks depends on the model:
# section 4 has a measured one.
#
# **A common mistake:** *quantization removes weights.* Each line counts the same number.

# %% [markdown]
# ## 2. Weights to bytes (7 min)
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
# *Difficulty 1 of 5, 3 minutes, 3 points.* For any model. The last step is yours: return **bytes**, with fractions.

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
# | Unit | Bytes | Used for |
# |---|---|---|
# | [GB](../../glossary.md#gb) | 10**9 = 1,000,000,000 | downloads, disks |
# | [GiB](../../glossary.md#gib) | 2**30 = 1,073,741,824 | working memory ([RAM](../../glossary.md#ram)) |
#
# Your computer's "16 GB" of memory are GiB: shops write GB for both. And what counts is what is *free*.

# %%
# In code, GB and GiB are the two numbers above.
eight_b = card("{{ models.eight_b }}")  # a published model, described by its numbers
for key, value in eight_b.items():  # such a description is a dictionary; we call it a card
    print(f"{key:16} {value}")
with needs_your_code():
    size = weights_bytes(eight_b["parameters"], 16)
    print(f"at 16 bits: {size / GB:.2f} GB, which is {size / GiB:.2f} GiB")

# %% [markdown]
# **A common mistake:** *the b in 8b means bytes.* It means *billions of [parameters](../../glossary.md#parameter)*, rounded. The bytes depend
# on the [bits per weight](../../glossary.md#bits-per-weight).
#
# ## 3. Why 4-bit is more (6 min)
#
# Four bits count from 0 to 15. So a weight is stored as a *code*, one of these 16 numbers. Every small block of weights has its own
# [scale](../../glossary.md#scale), the number that turns codes back into weights. It must be stored too.
#
# ![One Q4_0 block as a row of boxes: a scale of 16 bits, then 32 codes of 4 bits each. Together 144 bits, or 18 bytes, for 32 weights.](figures/04_block.svg)
#
# In the [block format](../../glossary.md#block-format) [Q4_0](../../glossary.md#q4_0), 32 codes of 4 bits take 16 bytes and the
# scale 2: 18 bytes for 32 weights.
#
# ### Exercise 2: `bits_per_weight`
#
# *Difficulty 1 of 5, 4 minutes, 3 points.* What does one weight cost, in bits? It is exercise 1 backwards. Do not round.

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
    print(f'the whole 4-bit file: {bits_per_weight(files["4 bits"].stat().st_size, parameters):.2f} bits per weight')

# %% [markdown]
# **A common mistake:** *4-bit means exactly a quarter of the 16-bit file.* The scale makes it 4.5, the header more.
#
# ## 4. Real files (6 min)
#
# Three published models meet your [estimate](../../glossary.md#estimate). **Predict**: which spends the most bits? Their
# [tags](../../glossary.md#model-tag) do not tell.

# %%
my_guess_tag = "..."  # {{ models.one_b }}, {{ models.gemma }} or {{ models.small }}?

cards = [card(name) for name in ("{{ models.one_b }}", "{{ models.gemma }}", "{{ models.small }}")]
with needs_your_code():
    for model in cards:
        naive, real = weights_bytes(model["parameters"], 4), model["file_bytes"]
        bits = bits_per_weight(real, model["parameters"])
        print(f"{model['name']:13} 4 bits would make {naive / GB:.2f} GB; the file has {real / GB:.2f} GB,")
        print(f"{'':13} {bits:.2f} bits per weight, format {model['format']}")
you_wrote(my_guess_tag)

# %% [markdown]
# **A common mistake:** *a plain tag is 4-bit.* Three plain tags, three formats:
#
# - `{{ models.one_b }}` is [Q8_0](../../glossary.md#q8_0).
# - `{{ models.gemma }}` is Q4_0, but some parts of the file keep more bits.
# - `{{ models.small }}` is [Q4_K_M](../../glossary.md#q4_k_m), a recipe that keeps more bits for the parts that matter most.
#
# Large Q4_K_M files have 4.8 to 5.1 bits. The 6.44 here has another reason: blocks of 256 weights do not go into this small model's rows of
# 896, so wider formats stand in; and a quarter of it is one table, the [vocabulary](../../glossary.md#vocabulary), in 8.5 bits.

# %%
with needs_your_code():
    for model in cards + [eight_b]:
        bits, real = model["bits_per_weight"], model["file_bytes"]
        size = weights_bytes(model["parameters"], bits)
        miss = abs(size / real - 1)
        print(f"{model['name']:13} at {bits:.2f} bits: {size / GB:.2f} GB, {miss:.1%} off the real file")

# %% [markdown]
# Each card holds its model's bits: computed from its shape and recipe, without a look at the file. Your sum lands within 1 %.
#
# **The gain**: less memory, and more speed, because fewer bytes are read for each word. **The price**: less
# [precision](../../glossary.md#precision). *Perplexity* measures how badly a model guesses the next word. In {{ quality.test }} it rose by
# {{ quality.q8_0_percent }} % in Q8_0, {{ quality.q4_k_m_percent }} % in Q4_K_M, {{ quality.q2_k_percent }} % in Q2_K.

# %% [markdown]
# ## 5. A conversation (11 min)
#
# A model looks back at every [token](../../glossary.md#token). So that it need not read them again, it keeps two lists of numbers of each,
# its *key* and its *value* (no dictionary's), in every [layer](../../glossary.md#layer). This [KV cache](../../glossary.md#kv-cache) grows with the
# [context](../../glossary.md#context-length).
#
# ![A grid: one row per layer, one column per token. Each cell holds a key and a value. A longer conversation adds columns.](figures/04_cache.svg)
#
# A *worked example*, with the running model as the judge:

# %%
model = load(MODEL_FILE)
shape = model.shape
# a key and a value (2), in each layer, for each stored pair (kv_heads), of head_size numbers each
numbers = 2 * shape.layers * shape.kv_heads * shape.head_size
# for every token; this small runtime keeps 32-bit numbers, 4 bytes each
expected = numbers * shape.context * 4
cache = model.new_cache()
print(f"{numbers} numbers per token, {expected:,} bytes for {shape.context} tokens")
print(f"measured in memory: {cache.keys.nbytes + cache.values.nbytes:,} bytes")

# %% [markdown]
# ### Exercise 3: `kv_cache_bytes`
#
# *Difficulty 2 of 5, 6 minutes, 5 points.* The same sum for a card: a dictionary with `"layers"`, `"heads"`, `"kv_heads"` and
# `"head_dim"` (numbers in one key, `head_size` in the example). `bytes_per_element` says how large a cached number is; 2 bytes are usual, hence `=2`.
#
# Mind the [heads](../../glossary.md#attention-head), the parts of a layer that look back: `"heads"` counts them, and several share one stored
# pair. `"kv_heads"` counts the stored pairs.

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
my_guess_factor = None  # a number: 0.1 is a tenth of the weights, 2 is twice as much

# %%
with needs_your_code():
    weights = weights_bytes(eight_b["parameters"], eight_b["bits_per_weight"])
    for context in (4096, 32768, 131072):
        cached = kv_cache_bytes(eight_b, context)
        print(f"{context:>7,} tokens: {cached / GiB:5.2f} GiB cache, {cached / weights:.1f} times the weights")
    you_wrote(my_guess_factor)
    loner = card("{{ models.every_head }}")  # a model whose heads share nothing
    print(f"{loner['name']} at 4,096 tokens: {kv_cache_bytes(loner, 4096) / GiB:.2f} GiB")

# %% [markdown]
# **A common mistake:** *if the weights fit, it runs.* A long conversation can need several times the weights. Where heads share nothing, even
# a short one is expensive.
#
# ## 6. Does it fit? (13 min)
#
# > weights + KV cache + overhead ≤ free memory
#
# What does not fit crawls, or stops with an error. [Overhead](../../glossary.md#overhead) is the working space of the
# [runtime](../../glossary.md#runtime): we allow a flat {{ memory.overhead_gb }} GB ({{ memory.overhead_gib }} GiB), `OVERHEAD_BYTES`.
# Our example machine is **Ada's laptop**, 8 GiB of RAM, 6 GiB free, with Ollama's usual context of {{ ollama.default_context }} tokens.
#
# ### Exercise 4: `fits`
#
# *Difficulty 3 of 5, 6 minutes, 6 points.* Is there room for the model, `context` tokens and the overhead in `free_gib` GiB? Return
# `True` or `False`; exactly full still fits. Use your functions, `OVERHEAD_BYTES` and `GiB`. A card also has `"parameters"` and
# `"bits_per_weight"`.

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
# The 7b model does not fit: its cache decides.
#
# ### Exercise 5: `largest_model_that_fits`
#
# *Difficulty 3 of 5, 5 minutes, 5 points.* Return the **name** of the fitting model with the most parameters, or `None`. `models` is a
# list of cards; leave it as it is.

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
# ## 7. Turn the knobs (5 min)
#
# The widget runs on **your** functions. Answer first:
#
# 1. The context doubles. Which bars grow?
# 2. `{{ models.every_head }}` just misses. What small change saves it?
# 3. `{{ models.eight_b }}`, 131,072 tokens: halve the weights' bits, or the cache?

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
# cache in 8 bits, saves `{{ models.every_head }}`. In a book-long conversation half the cache saves more than all the weights take.
#
# **Left out**: some models keep only the latest tokens in some layers and cache less; several chats at once need several
# caches. So estimate, then measure: after a chat, real Ollama reports the loaded size at `/api/ps`.

# %% [markdown]
# ## 8. Look back (3 min)
#
# Five questions, without scrolling up: write, choose or compute, compare.

# %%
quiz("04")

# %% [markdown]
# **What you can do now**
#
# - You **compute** a file: parameters × bits per weight ÷ 8. With scales and recipes "4-bit" is 4.5 to 5.2 bits, more in very small
#   models (`{{ models.small }}`: 6.4).
# - You **add up** a conversation: 2 × layers × key-value heads × numbers per head × tokens × bytes.
# - You **decide** with all three parts, in bytes on both sides. For learning, **choose** small: it fits, and it is quick.
#
# **If you like**: press *This computer* in the widget, give that number to `largest_model_that_fits`, and pull what it names.
#
# All new words are in the [glossary](../../glossary.md). Lessons 01, 03 and 05 to 08 are not part of this version of the course: you have
# reached its end.
