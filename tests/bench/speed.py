"""How fast is souwen beside other engines? ``python tests/bench/speed.py --work FOLDER``

Builds the corpora, indexes them with souwen and its peers, checks that all find the same where
their formulas agree, measures, and prints tables in Markdown. Needs the extra ``bench``. All
results are kept in ``FOLDER/results.json``.
"""

if __name__ == "__main__":
    # Processes that are measured import this module too; nothing more is to be held by them.
    from race.command import arguments, main

    main(arguments(__doc__.partition("\n")[0]))
