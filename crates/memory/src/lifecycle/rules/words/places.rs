//! Places, and the nationalities and languages that go with them.

use std::sync::LazyLock;

use super::{Words, set};

pub(crate) static STREETS: Words = LazyLock::new(|| {
    set(
        "street st road rd lane ln avenue ave drive way close court square terrace place crescent row quay gardens boulevard blvd alley hill grove",
    )
});

/// Countries, states and regions: what may follow a comma after a city.
pub(crate) static REGIONS: Words = LazyLock::new(|| {
    set(
        "afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh barbados belarus \
         belgium belize benin bhutan bolivia bosnia botswana brazil brunei bulgaria burundi cambodia cameroon canada chad chile china \
         colombia congo costa_rica croatia cuba cyprus czechia czech_republic denmark dominican_republic ecuador egypt el_salvador eritrea estonia ethiopia \
         fiji finland france gabon gambia georgia germany ghana greece greenland guatemala guinea guyana haiti honduras hong_kong hungary iceland india \
         indonesia iran iraq ireland israel italy ivory_coast jamaica japan jordan kazakhstan kenya kosovo kuwait kyrgyzstan laos latvia lebanon \
         liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia maldives mali malta mauritius mexico moldova monaco \
         mongolia montenegro morocco mozambique myanmar namibia nepal netherlands the_netherlands holland new_zealand nicaragua niger nigeria north_macedonia \
         norway oman pakistan palestine panama paraguay peru philippines the_philippines poland portugal puerto_rico qatar romania russia rwanda samoa \
         saudi_arabia senegal serbia seychelles sierra_leone singapore slovakia slovenia somalia south_africa south_korea spain sri_lanka sudan \
         suriname sweden switzerland syria taiwan tajikistan tanzania thailand togo trinidad tunisia turkey türkiye turkmenistan uganda ukraine \
         united_arab_emirates uae united_kingdom uk england scotland wales northern_ireland united_states usa us u.s u.s.a the_us the_usa the_uk america uruguay \
         uzbekistan venezuela vietnam yemen zambia zimbabwe alabama alaska arizona arkansas california colorado connecticut delaware florida \
         hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi \
         missouri montana nebraska nevada new_hampshire new_jersey new_mexico new_york north_carolina north_dakota ohio oklahoma oregon \
         pennsylvania rhode_island south_carolina south_dakota tennessee texas utah vermont virginia washington west_virginia wisconsin \
         wyoming dc d.c ny nyc ca tx fl il ma wa pa oh ga nc nj va az mi co md mn mo nv ontario quebec alberta manitoba saskatchewan nova_scotia \
         british_columbia new_brunswick bc bavaria catalonia andalusia tuscany lombardy sicily sardinia brittany normandy provence \
         cornwall devon kent essex sussex surrey yorkshire lancashire somerset norfolk suffolk tasmania queensland victoria new_south_wales nsw \
         punjab kerala maharashtra karnataka tamil_nadu gujarat goa rajasthan west_bengal brooklyn queens manhattan europe asia africa",
    )
});

/// Cities known in lower case.
pub(crate) static CITIES: Words = LazyLock::new(|| {
    set(
        "aachen aberdeen abuja accra adelaide amsterdam ankara antwerp arnhem athens atlanta auckland austin baghdad bali baltimore bangalore \
         bangkok barcelona basel bath beijing beirut belfast belgrade bergen berlin bern bilbao birmingham bogota bogotá bologna bombay bonn bordeaux \
         boston boulder bratislava bremen brighton brisbane bristol bruges brussels bucharest budapest buenos_aires cairo calgary \
         cambridge canberra cape_town caracas cardiff casablanca charlotte chennai chicago cincinnati cleveland cologne columbus copenhagen \
         cork dallas damascus delhi denver detroit dhaka dresden dubai dublin dundee durham düsseldorf edinburgh eindhoven essen exeter \
         florence frankfurt galway geneva genoa ghent glasgow gothenburg granada graz grenoble groningen hague hamburg hanoi hanover havana \
         heidelberg helsinki houston hyderabad innsbruck istanbul jakarta jerusalem johannesburg kampala karachi kathmandu kiev kobe kolkata \
         krakow kraków kuala_lumpur kyiv kyoto lagos lahore las_vegas lausanne leeds leicester leiden leipzig lille lima lisbon liverpool ljubljana \
         london los_angeles la lyon maastricht madrid malaga málaga malmö manchester manila mannheim marrakech marseille melbourne memphis \
         miami milan milwaukee minneapolis minsk montevideo montpellier montreal montréal moscow mumbai munich münster nairobi nantes \
         naples nashville new_delhi new_orleans new_york new_york_city newcastle nice norwich nottingham nuremberg oakland odessa orlando osaka oslo ottawa \
         oxford palermo paris perth philadelphia phoenix pittsburgh plymouth porto portland prague pune quito rennes reykjavik riga rio \
         rio_de_janeiro rome rotterdam sacramento salzburg san_antonio san_diego san_francisco sf san_jose santiago sao_paulo são_paulo sarajevo seattle \
         seoul seville shanghai sheffield shenzhen singapore skopje sofia southampton split st_louis stockholm strasbourg stuttgart sydney taipei \
         tallinn tampa tampere tbilisi tehran tel_aviv thessaloniki tirana tokyo toronto toulouse trieste tunis turin utrecht valencia \
         vancouver venice verona vienna vilnius warsaw washington wellington wroclaw york zagreb zurich zürich berkeley palo_alto raleigh tucson \
         omaha tulsa albuquerque honolulu anchorage boise spokane madison cardiff swansea bremen kiel rostock mainz bielefeld turku aarhus odense trondheim uppsala",
    )
});

/// Where one may live, bought or rented.
pub(crate) static DWELLINGS: Words = LazyLock::new(|| {
    set(
        "house flat apartment condo cottage bungalow terraced_house townhouse duplex maisonette studio loft penthouse farmhouse home",
    )
});
/// What a place is when it has no name: nouns after "in a".
pub(crate) static KINDS_OF_PLACE: Words = LazyLock::new(|| {
    set(
        "city town village suburb countryside country house flat apartment studio condo dorm dormitory cabin cottage farm \
         farmhouse bungalow loft mansion trailer van caravan boat houseboat neighbourhood neighborhood area outskirts centre center \
         downtown north south east west northeast northwest southeast southwest coast mountain bay island desert hill valley district part middle \
         capital midwest suburbs penthouse townhouse duplex building tower hamlet commune campus home community bedsit attic basement barn \
         peninsula region county borough province state forest woods seaside beach lake river lakeside high-rise terrace maisonette yurt camper rv motorhome",
    )
});

/// What one can live in or be from without it being a place.
pub(crate) static NOT_PLACES: Words = LazyLock::new(|| {
    set(
        "fear hope denial peace harmony pain poverty sin luxury exile isolation squalor chaos comfort style shame misery silence \
         terror dread solitude agony darkness faith love hell heaven paradise bliss danger debt past present future moment bubble dream world \
         society era time age fantasy head mind memory here there home somewhere nowhere anywhere everywhere elsewhere abroad mars venus \
         jupiter saturn pluto space moon earth planet universe another different same work school scratch now then what where which \
         that this it these those them him her you your experience hunger need desperation stress conflict captivity accommodation housing \
         retirement gear bed line trouble charge person general particular fact case touch contact love awe doubt order public private \
         seclusion anticipation uncertainty limbo abundance ignorance obscurity wonderland narnia hogwarts atlantis gotham mordor \
         beginning end day night monday morning evening afternoon summer winter autumn spring close next near outside inside \
         matrix simulation shadow shadows jungle zoo yellow",
    )
});

/// Adjectives before a place's name.
pub(crate) static PLACE_ADJECTIVES: Words = LazyLock::new(|| {
    set(
        "downtown uptown central inner outer northern southern eastern western north south east west northeast northwest southeast \
         southwest upstate rural suburban greater mainland beautiful sunny rainy lovely good old midtown upper lower north-west north-east south-west south-east metro",
    )
});

pub(crate) static NATIONALITIES: Words = LazyLock::new(|| {
    set(
        "afghan albanian algerian american argentine argentinian armenian australian austrian azerbaijani bangladeshi belarusian belgian bolivian \
         bosnian brazilian british bulgarian cambodian cameroonian canadian chilean chinese colombian croatian cuban cypriot czech danish \
         dutch ecuadorian egyptian english estonian ethiopian filipino filipina finnish french georgian german ghanaian greek guatemalan haitian \
         honduran hungarian icelandic indian indonesian iranian iraqi irish israeli italian ivorian jamaican japanese jordanian kazakh kenyan korean kurdish kuwaiti \
         latvian lebanese libyan lithuanian luxembourgish macedonian malaysian maltese mexican moldovan mongolian moroccan namibian nepalese nepali nicaraguan \
         nigerian norwegian pakistani palestinian panamanian paraguayan persian peruvian polish portuguese qatari romanian russian rwandan salvadoran saudi \
         scottish senegalese serbian singaporean slovak slovakian slovenian somali spanish sri_lankan sudanese swedish swiss syrian taiwanese tanzanian thai \
         tunisian turkish ugandan ukrainian uruguayan uzbek venezuelan vietnamese welsh yemeni zambian zimbabwean catalan basque sicilian bavarian texan californian \
         kiwi scouse mancunian south_african new_zealander north_korean south_korean puerto_rican costa_rican scot dane swede finn \
         pole turk dutchman englishman irishman frenchman scotsman brit aussie",
    )
});

pub(crate) static LANGUAGES: Words = LazyLock::new(|| {
    set(
        "afrikaans albanian amharic arabic armenian azerbaijani basque belarusian bengali bosnian bulgarian burmese cantonese catalan chinese \
         creole croatian czech danish dutch english esperanto estonian farsi filipino finnish flemish french gaelic galician georgian german \
         greek gujarati hausa hebrew hindi hungarian icelandic igbo indonesian irish italian japanese javanese kannada kazakh khmer korean kurdish \
         lao latin latvian lithuanian luxembourgish macedonian malay malayalam maltese mandarin marathi mongolian nepali norwegian pashto \
         persian polish portuguese punjabi romanian romansh russian sanskrit serbian sinhala slovak slovenian somali spanish swahili swedish swiss_german tagalog \
         tamil telugu thai tibetan tigrinya turkish ukrainian urdu uzbek vietnamese welsh xhosa yiddish yoruba zulu asl bsl sign_language american_sign_language british_sign_language brazilian_portuguese mandarin_chinese",
    )
});
