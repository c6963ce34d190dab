vaccinations-title = Vaccinations
vaccinations-lead = The vaccinations you have had, by disease.
vaccinations-empty-title = There are no vaccinations yet
vaccinations-empty-text = They appear here when your municipality sends them.
vaccinations-overview = Overview
vaccinations-disease = Disease or vaccine
vaccinations-times = Doses
vaccinations-last = Last dose
vaccinations-count = { $count ->
    [one] 1 dose
   *[other] { $count } doses
  }
vaccinations-dose = Dose { $number }
vaccinations-product = Vaccine
vaccinations-code = Product code
vaccinations-lot = Lot number
vaccinations-amount = Amount
vaccinations-place = Place
vaccinations-place-number = Facility number { $number }
vaccinations-municipality = Municipality
vaccinations-programme = Kind
vaccinations-received = Arrived here on
vaccinations-routine = Routine
vaccinations-special = Special
vaccinations-voluntary = Voluntary
vaccinations-more = More details
vaccinations-note = If something is wrong, please ask the municipality where you lived at the time.
