//! What sounds like something said in passing, and is an order, an idiom, of the moment, or about somebody else.

pub(super) const TABLE: &str = r#"
been there, done that
been trying to fix this for hours
been thinking about moving to Spain
never mind
never liked this bug
can't do that
can't have it both ways
can't stand up today
don't like it
don't have a clue
don't eat that
don't do this to me
got it
got the same error again
got a question for you
got another one for you
moved on to the next chapter
moved the button, looks better
love it!
love them!
hate it when that happens
work in progress
live and learn
live in the moment
own it
have a good one
have a look at this
speak soon
starting over
starting to get it
going to bed now
going with option 2
having a bad day
having trouble with the login
getting the hang of it
getting an error on line 5
meeting at 3 got moved, so what
running late
running the script now
taking the dog out, brb
doing my best
doing the dishes
reading the docs
trying again
looking for a job title generator
saving the file fails
training a model on this data
teaching a robot to dance is hard
living in Berlin is expensive
working as a nurse is hard
studying for finals is hell
not going to lie
not doing that
not working
no longer needed
no longer works
off to bed
off topic, but why is the sky blue
on it
used to it
quit the app and it works
stopped working after the update
left the tab open
lost my mind
lost the thread
joined the call late
finished the chapter
born ready
raised an issue
made a mistake
ran the tests, all green
sold!
the options, I like them
thanks for the tips, love them
your suggestions are great, I love them
great poem, I love it
the new logo, hate it
any bugs? hate them
she can't stand them
he's a nurse
they live in Rome
she said she hates mushrooms
my neighbour's cousin is a pilot they say
a friend of mine is vegan
the client has two sons and lives in Leeds
the guy in my class is allergic to bees
the patient is 52 and lives alone
the kids I teach are 7
the dog in the video is called Rex
the cat in the story is 3
Tom Hanks is 60
Messi lives in Miami
Paris, my dear, is lovely
Alexa, my speaker, is broken
is my daughter's name Lily?
would a beagle called Otis be a good choice?
what if I'm allergic to bees?
if my wife was called Ines
imagine my son Theo is 5
my sister says I'm allergic to work
"my husband Dan is a baker"
write a mail: my daughter Lily is ill today
translate: been vegan since 2019
the party is on fire
the meeting is on Zoom
the exam is on chapter 4
the test is on line 12
the interview is on YouTube
the flight is on time
deadline is a harsh word
exam tomorrow?
is the party on the 26th?
the movie is out on the 5th
the new iPhone comes out on the 12th
the election is on 8 November
Christmas is on the 25th
I run the tests every hour
I use the function every day
I write the tests first
I play the long game
I drive him to school
I build the project with make
I keep the receipts in a box
I read the docs every time
I clean the data first
I own that mistake
I manage the memory by hand
I train the model on 8 GPUs
I host the site on Netlify
I catch the exception in main
I have a table in Postgres
I have 3 tabs open
I have two questions about it
I have 20 minutes
I have 5 errors in main
I have the file here
I have been trying for hours
I have been waiting since Monday
I've had this bug since Tuesday
I've worked on this for two hours
we use Slack at work
my code is written in Rust
my uncle said he sold the boat
my phone is a Pixel
my email is broken
my number is wrong
my number one tip is patience
my address book is empty
my thesis is due
my company is great
my shop is closed today
my boat has sunk lol
here in the office
here in line 5
here in Word the menu is gone
stay here in Rome if you like
good night from here
signed, sealed, delivered
cheers from the pub
Java is a language
everything in Rust is hard
I'm in Rust land
I'm off to work
I'm off sick
I'm off the hook
I'm at work
I'm at a loss
I'm with stupid
I'm on a roll
I'm on a plane
I'm at uni, wifi is bad
I'm at the doctor
I'm there in 5 minutes
I'm away from keyboard
I'm up at night worrying
my alarm is annoying
her birthday is on the 3rd
his name is Tom
their wedding is in June
your appointment is on the 5th
a wedding is on Saturday there
lost my keys
I lost my train of thought
I cancelled the order
I cancelled the subscription
I quit the game
I stopped reading there
I stopped the timer
the sale is off
the deal is off
no party without cake
dentist jokes please
physio exercises for the knee?
vet bills are crazy
doctor who is on tonight
haircut ideas?
interview questions for a nurse?
what to wear to a wedding in June
how long is the flight to Rome on the 9th
the patient's daughter is 6 and allergic to nuts
the client is 52, works as a welder, lives in Leeds, allergic to bees
a friend of mine moved to Rome, works at Fiat, loves pasta
Anna from accounting is vegan, hates olives, lives in Graz
our neighbours sold their boat, moved to Spain
Tom got promoted, starting in March
the guy I date is divorced, two kids, works at Ikea
this character is 30, born in Lagos, raised in London
she is a nurse, training for the Berlin marathon
the shop is closed on Monday
can my dog, 12 and half blind, eat rice?
does a vegan like you eat honey
he's allergic to bees, carries an epipen
people here hate mondays, love fridays
they said they've moved to Lyon, working at Bosch
in the story I'm a nurse, living in Rome
my colleague's wife is a nurse
her husband Tom is a chef
my character Rex has asthma
my boss says his daughter is 4
my friend's dog is called Otis
they're getting married in June
the kids in my class are 7
my students are 12 and love slime
working nights is hard
can you plan a trip for two vegetarians in Rome on the 5th
write an invite: party's on the 26th at my place
draft a text: I can't come on Friday, my daughter is ill
"#;
