laboratory-jump = See the test results from hospitals and clinics ({ $count })
laboratory-title = Laboratory results
laboratory-lead = Results that hospitals and clinics sent. Choose a date to see them in detail.
laboratory-count = { $count ->
    [one] 1 result
   *[other] { $count } results
  }
laboratory-partial = Some results to come
laboratory-preliminary = Preliminary
laboratory-corrected = Corrected
laboratory-appended = Something was added

laboratory-report-title = Laboratory results of { $date }
laboratory-back = To all laboratory results
laboratory-results = Laboratory results
laboratory-sender = Sent by
laboratory-state = State
laboratory-issued = Results given out
laboratory-changed = Correction arrived
laboratory-note = Judgements and ranges are those of the laboratory. If you are worried, please talk to a doctor.
