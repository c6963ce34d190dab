privacy-title = Your personal information
privacy-version = From { $date }
privacy-lead = What this notebook keeps about you, why, for how long, and who may see it.

privacy-keep-title = What is kept?
privacy-keep-who = About you
privacy-keep-who-text = Name, date of birth, sex, address, contact details, moves, guardians, and whether you are under protection from violence. They come from your municipality, and are used to connect your records with you.
privacy-keep-checkups = Results of checkups and laboratories
privacy-keep-checkups-text = Values of checkups, answers to questions, judgements and the place of the checkup; laboratory values of hospitals and clinics and who measured them. They come from your insurer, the place of the checkup, or the clinic.
privacy-keep-vaccinations = Vaccinations
privacy-keep-vaccinations-text = Day, name and lot number of the vaccine, place and dose. They come from your municipality and from the clinic that gave the dose.
privacy-keep-coverage = Health insurance
privacy-keep-coverage-text = Insurer, symbol and number, share of costs, beginning and end. They come from your insurer.
privacy-keep-key = Card and passkeys
privacy-keep-key-text = The number of the certificate on your card and the public keys of your passkeys. They are used for signing in. We never receive your fingerprint or face.
privacy-keep-log = Record of views
privacy-keep-log-text = When, who and which kind of records were looked at, and what you decided. What is in the records is not written there.

privacy-number-title = What about My Number?
privacy-number-text = It is used to connect what your municipality and insurer send with you. After that only a code remains that cannot be turned back without the key of this notebook. The law treats that code like the number, and so do we. My Number is never kept in readable form, and it is never read from your card.

privacy-why-title = Why is it kept?
privacy-why-text = So that you can read your own records, and show them to those whom you choose. For research, and for passing them on between insurers, they are used only when you have decided so.

privacy-until-title = For how long?
privacy-until-records = Checkups, laboratory results, vaccinations, insurance
privacy-until-records-text = Until the municipality, insurer or clinic that sent them takes them back. When they are corrected, the former version is kept as history.
privacy-until-who = Name and address
privacy-until-who-text = As long as there are records.
privacy-until-key = Passkeys
privacy-until-key-text = Until you remove them.
privacy-until-session = Being signed in
privacy-until-session-text = It ends after 15 minutes without activity, and after 8 hours in any case.
privacy-until-code = Activation code of the letter
privacy-until-code-text = 30 days. It ends as soon as it has been used.
privacy-until-log = Record of views
privacy-until-log-text = As long as there are records.

privacy-who-title = Who may see it?
privacy-who-you = You, and those whom you choose on the page “Sharing”. { promise-who-sees } To sign in, a passkey that was made with your card is needed.
privacy-who-author = A place that made a record, such as the place of a checkup or a clinic, sees that record before you choose anything. A rule “do not show”, or withholding or sealing it, ends that here.
privacy-who-not = When you show your card or a number at a counter, they can check your health insurance and nothing else. Whether it was right to look in an emergency is reviewed by somebody whose task that is. Your municipality keeps the ledger of routine vaccinations. Your workplace sees nothing.
privacy-who-operator = People who look after the machines may touch the storage for maintenance. Names and addresses are encrypted and kept apart from checkups and other records, under a different code, so that one part alone does not tell whose records they are.

privacy-rights-title = What you can do
privacy-rights-see = You can see all records that are kept about you.
privacy-rights-report = You can stop a record that is not yours at once. Nobody sees it until it has been checked.
privacy-rights-correct = If something in a record is wrong, ask the municipality, insurer or clinic that sent it to correct it. When the correction arrives, the notebook changes too.

privacy-cookie-title = Cookies
privacy-cookie-text = They are used only to keep you signed in and to remember your language, never for advertising or tracking.
