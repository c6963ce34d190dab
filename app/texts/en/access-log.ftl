log-title = Access log
log-lead = Everything is kept: who looked at your records or tried to, when, and what for. If anybody removed or rewrote a line afterwards, it would show.
log-empty-title = Nothing here yet
log-empty-text = When somebody looks at your records, it will be written here.
log-none-title = Nothing matches
log-none-text = Loosen the conditions and search again.
log-show-all = Show everything
log-older = Show older lines
log-newest = Back to the newest
log-print = To print, use your browser's print function. This page prints well.

log-filter = Narrow down
log-filter-whose = Whose
log-filter-whose-all = Everybody's
log-filter-whose-others = Others'
log-filter-whose-own = My own
log-filter-whose-systems = Automatic looks of organisations' systems
log-filter-kind = What
log-filter-kind-all = Everything
log-filter-kind-look = Looks
log-filter-kind-refusal = Refusals
log-filter-kind-emergency = Emergencies
log-filter-kind-export = Downloads
log-filter-kind-staff = Looks of staff
log-filter-kind-consent = Changes of consent
log-filter-kind-change = Records added or hidden
log-filter-kind-account = Sign-in, passkeys, cards
log-filter-from = From this day
log-filter-to = To this day
log-filter-search = Name or number of an organisation
log-filter-button = Search

log-systems-looks = Its system looked by itself: { $count }
log-systems-refused = Refused: { $count }
log-systems-each = Show each one
log-own = Your own looks: { $count }
log-who-owner = You
log-who-proxy = Somebody who acts for you
log-who-staff = Techo staff
log-who-system = Techo (automatic)
log-who-erased = An erased line
log-organisation-unknown = An organisation that is not registered (number { $number })
log-professional = { $name } of { $organisation }
log-professional-role = { $name } ({ $role }) of { $organisation }
log-professional-unnamed = Somebody of { $organisation }
log-erased-text = What this line said was erased. Only that it was there remains.
log-on-behalf = on behalf of { $who }

log-act-read = Looked at { $category } ({ $count ->
    [one] 1 record
   *[other] { $count } records
})
log-act-read-plain = Looked at { $category }
log-act-erase = Erased what earlier lines say (that they were there stays)
log-act-seals-begin = Began to seal each line with a key of Techo
log-act-repeated = { $act } (the same again shortly after: { $count })
log-act-read-nothing = Looked for { $category } and found nothing to see
log-act-refuse = Tried to look at { $category }; Techo refused
log-act-freeze = Hid { $category } as “not mine”
log-act-write = Sent { $category } ({ $count ->
    [one] 1 record
   *[other] { $count } records
})
log-act-emergency = An emergency
log-act-emergency-declared = Declared an emergency
log-act-emergency-ended = Ended an emergency
log-act-emergency-answered = Answered to an emergency
log-act-emergency-reviewed = Closed the review of an emergency
log-act-export = Took { $category } out as a file
log-act-staff = Checked { $category }
log-act-consent = Changed the consent settings
log-act-enrolled = Began to use Techo
log-act-recovered = Showed the card and made a new passkey
log-act-signed-in = Signed in
log-act-sign-in-refused = Tried to sign in; Techo refused
log-sign-in-refused-do = The passkey was yours. If it was you, make a new passkey with your My Number Card. If not, remove that passkey in the settings and tell your municipal office.
log-card-linked-do = If this was not you, ask your municipal office for a new letter, and make a new passkey with its code and your card.
log-act-card-shown = Proved identity with the card
log-act-card-refused = Showed a card that cannot be used
log-act-passkey-added = Added a passkey
log-act-passkey-removed = Removed a passkey
log-act-passkey-confirmed = Put a stopped passkey back to use
log-act-card-linked = Registered a new card
log-act-card-held = The card was put on hold
log-act-card-released = The card was released from its hold
log-act-card-revoked = The card was revoked
log-act-card-expired = The certificate of the card ended
log-act-signed-out-elsewhere = Signed out other devices
log-act-signed-out-everywhere = Signed out everywhere
log-act-privacy-agreed = Agreed to the privacy page

log-cat-home = the overview
log-cat-checkup = checkup results
log-cat-vaccination = vaccinations
log-cat-coverage = health insurance
log-cat-records = the list of records
log-cat-laboratory = laboratory results
log-cat-identity = name, birth date and sex
log-cat-consent = the consent settings
log-cat-emergency = emergency records
log-cat-access-log = the access log
log-cat-notice = notices
log-cat-account = the account

log-purpose-patient = At the person's request
log-purpose-system = Keeping the system safe
log-purpose-treatment = Treatment
log-purpose-emergency = Emergency treatment
log-purpose-payment = Billing and eligibility
log-purpose-public-health = Public health
log-purpose-research = Research
log-purpose-insurer = Transfer between insurers

log-initiative-human = By a person
log-initiative-automatic = Automatic

log-reason-no-such-record = There is no such record
log-reason-not-mine = Reported as not mine
log-reason-not-permitted = The consent settings do not allow it
log-reason-other-organisation = A code was used that belongs to another organisation
log-reason-nobody-found = Nobody fits
log-reason-no-treatment = Not a place that treats the person now
log-reason-code-retired = The code does not hold any more
log-reason-wrong-purpose = Not allowed for this purpose
log-reason-no-emergency-access = No access is allowed, not even in an emergency

log-refused = Refused
log-emergency = Emergency
log-details = Details
log-details-spoken = Details ({ $time }, { $who })
log-ask = Ask about this look
log-ask-spoken = Ask about this look ({ $time }, { $who })
log-asked = You asked (waiting for an answer)
log-answered = Your question was answered

log-line-title = One line of the access log
log-line-what = What was done
log-line-who = Who
log-line-number = Number of the organisation
log-line-behalf = On behalf of
log-line-at = When
log-line-why = Purpose
log-line-how = How
log-line-count = Records
log-line-count-value = { $count }
log-line-reason = Reason
log-line-seq = Number within your log
log-line-back = Back to the access log
log-line-proof-title = Proof of this line
log-line-proof-text = A file with which anybody can check later that this line really stands in the log and was not rewritten. The file holds what this line says.
log-line-proof-button = Download the proof
log-line-proof-wait = This line will soon be in the signed log. The proof can be downloaded in about a minute.

ask-title = Ask about this look
ask-text = The question is kept together with this line. A notice will tell you when there is an answer.
ask-topic = What you want to know
ask-topic-why = Why did they look?
ask-topic-who = Who looked?
ask-topic-unknown = I do not know this organisation
ask-topic-too-much = Why did they look at so many records?
ask-button = Send the question
ask-state-title = Your question
ask-state-open = Waiting for an answer (received on { $date })
ask-state-answered = Answered on { $date }
ask-number = Reference number
notice-question-asked = Your question was received.

log-download-title = Download
log-download-text = You can have all lines as a file. The file is about you: keep it where others cannot see it.
log-download-csv = For a spreadsheet (CSV)
log-download-jsonl = With proofs (JSON Lines)

log-seal-title = Check for yourself that nothing was rewritten
log-seal-text = Techo signs a seal over the lines of everybody and keeps it in another place as well. Whoever removes or rewrites a single line breaks the seal.
log-seal-none = There is no signed seal yet.
log-seal-size = Lines under the seal
log-seal-root = Seal
log-seal-at = Signed
log-seal-key = Public key
log-seal-how-1 = Write down the seal and the number of lines below.
log-seal-how-2 = Download the proof of a line from its details.
log-seal-how-3 = Run “techo audit verify-proof FILE --key KEY” with the Techo program. It needs no network.
log-file-category = About
log-block = Stop sharing with this organisation
log-block-spoken = Stop sharing with this organisation ({ $who })
