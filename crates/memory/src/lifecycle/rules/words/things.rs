//! Pets, possessions, and what "I like" is said of in passing.

use std::sync::LazyLock;

use super::{Words, set};

pub(crate) static PETS: Words = LazyLock::new(|| {
    set(
        "dog cat puppy kitten pup kitty hamster rabbit bunny parrot horse pony goldfish fish turtle tortoise guinea_pig bird snake pet ferret lizard chicken \
         hen budgie parakeet canary cockatiel gecko gerbil rat mouse chinchilla hedgehog donkey goat sheep pig duck goose llama alpaca cow iguana \
         tarantula axolotl labrador lab retriever poodle beagle bulldog dachshund husky corgi collie terrier spaniel chihuahua pug \
         boxer rottweiler dalmatian greyhound doodle labradoodle goldendoodle cockapoo mutt shepherd malamute schnauzer \
         shih_tzu pomeranian siamese persian tabby ragdoll maine_coon tomcat bearded_dragon frog toad newt beehive dobermann doberman mastiff \
         whippet setter pointer hound foal mare gelding stallion cockatoo macaw finch pigeon snail crab pitbull samoyed akita",
    )
});
pub(crate) static BREEDS: Words = LazyLock::new(|| {
    set(
        "labrador lab golden_retriever retriever poodle beagle bulldog french_bulldog dachshund husky corgi border_collie collie terrier spaniel cocker_spaniel \
         chihuahua pug boxer rottweiler dalmatian greyhound labradoodle goldendoodle cockapoo german_shepherd malamute schnauzer shih_tzu pomeranian \
         siamese persian tabby ragdoll maine_coon dobermann doberman mastiff whippet setter samoyed akita rescue mutt",
    )
});
/// Several of them, where it is not an "s".
pub(crate) const PLURAL_PETS: &[(&str, &str)] = &[
    ("puppies", "puppy"),
    ("ponies", "pony"),
    ("kitties", "kitty"),
    ("bunnies", "bunny"),
    ("geese", "goose"),
    ("mice", "mouse"),
    ("canaries", "canary"),
    ("huskies", "husky"),
];
/// Words between the article and the animal that matter to no name.
pub(crate) static POSSESSIONS: Words = LazyLock::new(|| {
    set(
        "car bike bicycle motorbike motorcycle house flat apartment garden boat van caravan camper campervan piano guitar violin telescope \
         allotment cabin cottage farm tesla e-bike scooter truck pickup suv condo sailboat yacht canoe kayak motorhome rv vespa minivan \
         hatchback convertible jeep cello drum_kit keyboard ukulele saxophone trumpet flute harp bass synthesizer synth greenhouse vineyard \
         sewing_machine 3d_printer printer drone kindle iphone macbook laptop playstation ps5 xbox switch steam_deck \
         freezer fridge dishwasher washing_machine oven air_fryer coffee_machine espresso_machine sofa telescope camera tent dryer tumble_dryer heat_pump hot_tub sauna trampoline treadmill rowing_machine exercise_bike tv projector turntable record_player lens surfboard snowboard holiday_home summer_house beach_house duplex townhouse villa moped tractor skateboard home",
    )
});
/// What is paid or earned every month or year.
pub(crate) static BILLS: Words = LazyLock::new(|| set("rent mortgage salary wage pension pay"));
/// What somebody has and keeps, besides pets and possessions.
pub(crate) static KEPT: Words = LazyLock::new(|| {
    set(
        "hive beehive bees allotment pacemaker stall workshop kiln podcast blog newsletter beehives vineyard orchard darkroom aquarium sauna pool stammer scar tattoo piercing intern apprentice lodger tenant landlord",
    )
});
/// Whom or what somebody is a customer of.
pub(crate) static PROVIDERS: Words = LazyLock::new(|| {
    set(
        "gym bank broadband internet energy_supplier energy_provider mobile_network network carrier insurer insurance church mosque synagogue \
         supermarket salon barber hairdresser studio climbing_gym running_club football_club golf_club tennis_club club choir band \
         pharmacy airline university uni college school gp_surgery surgery clinic hospital isp phone_provider mobile_provider nursery",
    )
});
/// What somebody changes to without going anywhere: "I moved from Spotify to Tidal".
pub(crate) static BRANDS: Words = LazyLock::new(|| {
    set(
        "spotify tidal deezer netflix disney hulu youtube gmail outlook hotmail protonmail windows linux macos android ios iphone pixel vim neovim emacs \
         vscode zed jira trello asana slack teams discord chrome firefox safari edge excel notion evernote obsidian google apple github gitlab \
         aws azure facebook instagram twitter whatsapp signal telegram zoom vodafone o2 ee verizon t-mobile monzo revolut hsbc barclays paypal \
         chatgpt claude gemini copilot photoshop figma sketch canva kindle kobo playstation xbox nintendo postgres mysql sqlite python java rust",
    )
});
/// What has a model.
pub(crate) static DEVICES: Words = LazyLock::new(|| {
    set(
        "phone laptop computer camera tablet printer console e-reader ereader smartwatch watch oven fridge dishwasher boiler washing_machine tv router",
    )
});
/// What a computer or a phone runs on.
pub(crate) static SYSTEMS: Words = LazyLock::new(|| {
    set(
        "linux ubuntu debian fedora arch mint nixos windows macos android ios chromeos freebsd neovim vim emacs",
    )
});
/// What one wears in a size.
pub(crate) static SIZED: Words = LazyLock::new(|| {
    set("shoe ring dress shirt hat clothes clothing jacket trouser jeans glove bra collar suit")
});
pub(crate) static VEHICLE_MAKES: Words = LazyLock::new(|| {
    set(
        "audi bmw mercedes volkswagen vw toyota honda ford volvo tesla nissan mazda subaru hyundai kia fiat renault peugeot citroën citroen \
         skoda škoda seat porsche ferrari lamborghini jeep chevrolet chevy dodge lexus mini dacia opel suzuki mitsubishi jaguar bentley saab \
         transit sprinter transporter bonneville caddy berlingo kangoo defender micra clio twingo panda punto corsa astra octavia fabia ibiza qashqai juke yamaha ducati harley vespa triumph kawasaki ktm prius golf polo corolla civic accord camry fiesta focus mustang beetle passat leaf yaris \
         rover defender cybertruck rivian polestar byd trek brompton bianchi canyon specialized",
    )
});

/// What a taste cannot begin with.
pub(crate) static POINTERS: Words = LazyLock::new(|| {
    set(
        "it this that these those you your yours him them he she they her his their its how what when where why who whom whose which if \
         whether here there something anything nothing everything stuff one ones myself himself herself everyone \
         everybody someone somebody anyone nobody me us i we not no neither both each either none more less most all another such \
         other others same every many much several seeing hearing knowing thinking saying about of for with as in on at by from up out \
         things thing",
    )
});
/// What is liked in passing, in a conversation about something else.
pub(crate) static PASSING_TASTES: Words = LazyLock::new(|| {
    set(
        "idea option answer response suggestion approach solution version way code explanation format tone list draft title example \
         question point look result output design layout logo name proposal plan sound wording phrasing paragraph sentence \
         summary structure email function variable feature implementation fact notion concept thought thing stuff vibe direction choice \
         advice recommendation attitude enthusiasm energy style setup page button api syntax message bug bugs error errors reply \
         one ones part piece bit comparison perspective metaphor analogy theme concept reasoning logic argument method step steps both two three \
         break help time chance reminder feedback support moment while try photo picture pic photos pictures pics tip tips",
    )
});
/// What may be liked with "the" before it.
pub(crate) static LIKED_WITH_THE: Words = LazyLock::new(|| {
    set(
        "sea ocean beach mountain outdoors countryside forest woods nature cold heat rain snow sun winter summer autumn fall spring smell taste \
         sound feel feeling colour color theatre theater opera ballet gym water weekend arts cinema city sunshine wilderness desert holidays \
         piano guitar violin drums cello saxophone movies park library sunrise sunset moon stars night morning evening seaside lake river hills \
         gloom dark internet simple quiet silence great wind fog",
    )
});
/// Verbs of passing wishes after "like to", "want to" and their kind.
pub(crate) static PASSING_VERBS: Words = LazyLock::new(|| {
    set(
        "be think say know believe see imagine get have keep make do use try ask hear point add note thank know understand explore discuss talk \
         start begin go continue check find help give put take look hear tell show share bother admit break interrupt ensure include focus \
         consider clarify mention hope guess call come stay work ensure feel need want let learn avoid change set",
    )
});
/// Answers and politeness that follow a comma and are no item of a list.
pub(crate) static INTERJECTIONS: Words = LazyLock::new(|| {
    set(
        "thanks thank please right ok okay lol haha sorry yes no yeah true honestly especially particularly including like such \
         mainly mostly and or but even too also sure maybe probably not just which who what how where when why is are so then",
    )
});
