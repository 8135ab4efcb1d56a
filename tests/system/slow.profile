# Limits for tests on machines that stand still now and then: what is judged there is not how fast they are.
name slow machine
gesture-age 600ms a test machine's stalls
silence 500ms a test machine's stalls
picture-age 3000ms a test machine's stalls
loop 500ms a test machine's stalls
arm 500ms a test machine's stalls
bedside 3000ms a test machine's stalls
