"""
Tables whose rows change their place in time: the row of a key may lie in another file than its stored self.

Where keys are, only the files say. So incoming rows and the places of all stored ones meet by key; the rows
of a key go to the file that its last row belongs to, and are written there before another file gives up its
copy. What a dead load or anything else has left twice, the table's next load sees and puts right.
"""
