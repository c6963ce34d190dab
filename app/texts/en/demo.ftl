demo-title = Demo cards
demo-text = Choose one of these made-up people and use the notebook as if you were that person. In real life only the holder knows the PIN and the activation code.
demo-age = { $age } years old
demo-held = In the notebook
demo-checkups = { $count ->
    [one] 1 checkup
   *[other] { $count } checkups
  }
demo-doses = { $count ->
    [one] 1 vaccine dose
   *[other] { $count } vaccine doses
  }
demo-coverages = { $count ->
    [one] 1 insurance
   *[other] { $count } insurances
  }
demo-held-separator = {", "}
demo-nothing = Nothing yet
demo-pin = PIN
demo-code = Activation code
demo-code-used = used
demo-state = State of the card
demo-valid = Valid
demo-on-hold = On hold
demo-revoked = Revoked
demo-expired = Expired
demo-use-enrol = Start with this card
demo-use-recover = Make a new passkey
demo-use-link = Register as a new card
demo-more = Other uses
demo-previous = Previous page
demo-next = Next page
demo-page = Page { $page } of { $pages }
demo-pages = Pages
demo-none = There are no demo cards.
