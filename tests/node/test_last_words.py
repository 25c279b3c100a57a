from telharmonic.node.last_words import CHARACTERS, LastWords, plain


def test_of_all_lines_the_last_about_an_error_counts_and_else_the_last():
    words = LastWords()
    for line in ("reading", "  done", ""):
        words.hear(line)
    assert words.text == "done"
    for line in ("error: first", "INIT ERROR in instr 1 line 9: Invalid ftable no. 77", "1 errors in performance"):
        words.hear(line)
    assert words.text == "INIT ERROR in instr 1 line 9: Invalid ftable no. 77"
    words.hear("x" * 1000)
    assert len(words.text) < CHARACTERS
    words.hear("Cannot open " + "x" * 1000)
    assert len(words.text) == CHARACTERS


def test_a_line_is_plain_without_colours_and_controls():
    assert plain("\x1b[1;31merror\x1b[m: \x07bell\x9b \n") == "error:  bell"
