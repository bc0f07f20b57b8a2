# %%
%matplotlib inline
%time sum(range(10))
%env COLOUR=blue
%pwd
files = !ls
!echo $COLOUR
len?
%pip --version

# %%
%%bash
echo "from bash"

# %%
%%writefile notes.txt
some notes

# %%
%%time
total = sum(range(1000))

# %% answer="speaker"
%load_ext autoreload
%autoreload 2


def speaker(reply):
    !true
    return reply["message"]["role"]
