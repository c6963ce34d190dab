home-title = { $name }’s notebook
home-page-title = Home
home-coverage-title = Health insurance now
home-coverage-valid = Valid
home-coverage-pending = Being checked
home-coverage-unknown = No information
home-coverage-insurer = { $insurer } (you pay { $burden }0% at the counter)
home-coverage-pending-text = Information from your new insurer has not arrived yet (since { $date }).
home-coverage-unknown-text = No insurer has sent information about you yet.
home-coverage-link = See your insurance in detail

home-next-title = What to do next
home-next-passkey = Create a passkey on a second device
home-next-passkey-text = If you lose this device, you can still sign in with the other one.
home-next-sharing = Decide who may see your records
home-next-sharing-text = { promise-who-sees } You can change it as often as you like.
home-next-insurer = Ask your insurer about your insurance
home-next-insurer-text = The information after your change of insurance has not arrived yet.
home-next-checkup = Some values of your latest checkup are outside their range
home-next-checkup-text = Look at the results, and talk to a doctor if you are worried.
home-next-guidance = You can get specific health guidance
home-next-guidance-text = You can get support to improve your daily habits. Please contact your health insurer.
home-next-yearly = There is no checkup for this fiscal year yet
home-next-yearly-text = Your health insurer tells you when and where you can have it.
home-next-card = Your My Number Card must be renewed soon
home-next-card-text = Renew it at your municipal office by { $date }.

home-latest-title = Latest checkup
home-latest-none-outside = No value is outside its range.
home-latest-outside = Outside the range: { $list }
home-latest-high = { $count } high
home-latest-low = { $count } low
home-latest-abnormal = { $count } outside the standard
home-latest-link = See the results

home-news-title = New records
home-news-line = { $kind }: { $count }
home-news-from = from { $from }
home-news-none = No records have arrived lately.

home-doors-title = Your records
home-door-checkups = Checkup results
home-door-vaccinations = Vaccinations
home-door-coverage = Health insurance
home-door-count = { $count ->
    [one] 1 record
   *[other] { $count } records
  }
home-door-empty = None yet

home-empty-title = There are no records yet
home-empty-text = Records appear here when your municipality or insurer sends them. You do not have to do anything.
home-share-link = Make a code for the counter
