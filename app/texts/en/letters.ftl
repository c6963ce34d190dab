letters-mark = [letter that cannot be shown]
letters-title = Your name has a letter that cannot be shown
letters-own-name = A part of your name arrived as a letter that most devices do not have, or as a mark for a lost letter (●, 〓). Your records and your insurance are not affected. To have the right letter registered, ask the residents’ desk of your municipality.
