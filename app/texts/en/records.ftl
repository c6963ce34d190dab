records-title = Records that are kept
records-lead = Everything that this notebook keeps about you. If a record is not yours, tell us, and it is stopped at once.
records-empty-title = There are no records yet
records-empty-text = They appear here when your municipality or insurer sends them.
records-from = from { $organisation }
records-organisation-number = number { $number }
records-count = { $count ->
    [one] 1 record
   *[other] { $count } records
  }
records-last = Last arrived
records-open = See records of this kind
records-list = Show { $count ->
    [one] 1 record
   *[other] { $count } records
  }
records-report = Not my record
records-report-spoken = Not my record: { $record } ({ $date })
records-review = Under review
records-reports = Records you told us about
records-report-number = Number
records-report-open = Being checked (received on { $date })
records-report-closed = Check finished ({ $date })

report-title = Is this not your record?
report-which = The record
report-kind = Kind
report-record = Record
report-date = Date
report-from = Sent by
report-what = What happens when you tell us
report-what-hidden = The content of this record is hidden at once, from you and from everybody else.
report-what-check = Our staff check whose record it is. They do not see its content.
report-what-back = If it turns out to be yours, it is shown again.
report-button = Tell us that it is not mine
report-cancel = Cancel
