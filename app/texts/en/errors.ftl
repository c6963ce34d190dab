error-not-found-title = Page not found
error-not-found-text = The address is wrong, or the page is no longer there.
error-refused-title = This is not possible
error-refused-text = Please start again. If it still does not work, contact your municipal office and tell them the reference below.
error-below-age-title = This notebook cannot be opened before the age of 15
error-below-age-text = We are preparing a way for parents and guardians to open the notebooks of children below 15. No record is lost: everything is kept as it is. For vaccinations and checkups, please ask your municipal office.
error-stale-title = Please start again
error-stale-text = Too much time has passed, or this step is finished already.
error-limit-title = Please wait a moment
error-limit-text = There were many requests in a short time. Please wait about { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  } and try again.
error-too-large-title = What was sent is too large
error-too-large-text = Please shorten it and try again.
error-away-title = Not available right now
error-away-text = The records cannot be read or written at the moment. What was stored before is not lost. What you just sent may not have been saved. Please wait a moment, open the page again and check.
error-too-slow-title = Sending took too long
error-too-slow-text = Please check your connection and try again. What you entered was not saved.
error-busy-title = Many people are here right now
error-busy-text = Nothing was lost. Please wait a few seconds and load the page again.
error-broken-title = Something went wrong on our side
error-broken-text = We are sorry. Your records are as they were. Please try again later.
error-reference = Reference
error-home = To the first page
error-places = Your pages
