"""Words that tell of what kind a name is, and words that are capitalised without being names.

Lists, and nothing that reads a text. They are short on purpose: what a reader of world news knows without being told, so
that a name they do not hold is found by its company or stays a plain name. Everything is in the capitals it is written in.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    """The words of a list, names of several words between commas."""
    return frozenset(" ".join(word.split()) for word in text.split(","))


COUNTRIES = _words(
    """Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia, Australia, Austria, Azerbaijan, Bahamas, Bahrain,
    Bangladesh, Barbados, Belarus, Belgium, Belize, Benin, Bhutan, Bolivia, Bosnia, Botswana, Brazil, Britain, Brunei, Bulgaria,
    Burkina Faso, Burundi, Cambodia, Cameroon, Canada, Chad, Chile, China, Colombia, Congo, Costa Rica, Croatia, Cuba, Cyprus,
    Czechia, Czech Republic, Denmark, Djibouti, Ecuador, Egypt, El Salvador, England, Eritrea, Estonia, Ethiopia, Europe, Fiji,
    Finland, France, Gabon, Gambia, Germany, Ghana, Greece, Guatemala, Guinea, Guyana, Haiti, Honduras, Hungary, Iceland, India,
    Indonesia, Iran, Iraq, Ireland, Israel, Italy, Ivory Coast, Jamaica, Japan, Kazakhstan, Kenya, Kosovo, Kuwait, Kyrgyzstan,
    Laos, Latvia, Lebanon, Lesotho, Liberia, Libya, Liechtenstein, Lithuania, Luxembourg, Madagascar, Malawi, Malaysia,
    Maldives, Mali, Malta, Mauritania, Mauritius, Mexico, Moldova, Monaco, Mongolia, Montenegro, Morocco, Mozambique, Myanmar,
    Namibia, Nepal, Netherlands, New Zealand, Nicaragua, Niger, Nigeria, North Korea, North Macedonia, Norway, Oman, Pakistan,
    Palestine, Panama, Papua New Guinea, Paraguay, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russia, Rwanda,
    Saudi Arabia, Scotland, Senegal, Serbia, Sierra Leone, Singapore, Slovakia, Slovenia, Somalia, South Africa, South Korea,
    South Sudan, Spain, Sri Lanka, Sudan, Suriname, Sweden, Switzerland, Syria, Taiwan, Tajikistan, Tanzania, Thailand, Togo,
    Tunisia, Turkey, Türkiye, Turkmenistan, Uganda, Ukraine, United Arab Emirates, United Kingdom, United States, Uruguay,
    Uzbekistan, Venezuela, Vietnam, Wales, Yemen, Zambia, Zimbabwe, Soviet Union, UK, US, U.S., USA, U.K., UAE, USSR"""
)
CITIES = _words(
    """Abu Dhabi, Addis Ababa, Aleppo, Algiers, Amman, Amsterdam, Ankara, Astana, Athens, Baghdad, Baku, Bangkok, Beijing,
    Beirut, Belgrade, Berlin, Bogota, Brussels, Bucharest, Budapest, Buenos Aires, Cairo, Canberra, Caracas, Copenhagen,
    Damascus, Delhi, Dhaka, Doha, Dubai, Dublin, Geneva, Hague, Havana, Helsinki, Hong Kong, Islamabad, Istanbul, Jakarta,
    Jerusalem, Kabul, Karachi, Khartoum, Kiev, Kyiv, Lagos, Lisbon, London, Los Angeles, Madrid, Manila, Mexico City, Minsk,
    Moscow, Mumbai, Nairobi, New Delhi, New York, Oslo, Ottawa, Paris, Prague, Pyongyang, Riyadh, Rome, Sanaa, Santiago, Seoul,
    Shanghai, Sochi, Sofia, Stockholm, Sydney, Taipei, Tbilisi, Tehran, Tel Aviv, Tokyo, Tripoli, Tunis, Vienna, Warsaw,
    Washington, Yerevan, Zurich, Africa, Asia, Latin America, Middle East, Gaza, West Bank, Crimea, Kurdistan, Balkans, Gulf,
    Mediterranean, Black Sea, Red Sea, Persian Gulf"""
)
PLACES = COUNTRIES | CITIES
NATIONS = _words(
    """Afghan, African, Albanian, Algerian, American, Arab, Arabic, Argentine, Armenian, Asian, Australian, Austrian,
    Azerbaijani, Azeri, Bahraini, Bangladeshi, Belarusian, Belgian, Bosnian, Brazilian, British, Bulgarian, Cambodian,
    Canadian, Catholic, Chechen, Chilean, Chinese, Christian, Colombian, Croatian, Cuban, Cypriot, Czech, Danish, Druze, Dutch,
    Egyptian, Emirati, English, Ethiopian, European, Finnish, French, Georgian, German, Greek, Hungarian, Indian, Indonesian,
    Iranian, Iraqi, Irish, Islamic, Islamist, Israeli, Italian, Japanese, Jewish, Jordanian, Kazakh, Kenyan, Korean, Kurd,
    Kurdish, Kuwaiti, Kyrgyz, Latvian, Lebanese, Libyan, Lithuanian, Malaysian, Mexican, Moldovan, Moroccan, Muslim, Nigerian,
    Norwegian, Omani, Orthodox, Ottoman, Pakistani, Palestinian, Persian, Polish, Portuguese, Qatari, Romanian, Russian, Saudi,
    Scottish, Serbian, Shia, Shiite, Slovak, Somali, Soviet, Spanish, Sudanese, Sunni, Swedish, Swiss, Syrian, Tajik, Tatar,
    Thai, Tunisian, Turk, Turkish, Turkmen, Ukrainian, Uzbek, Venezuelan, Vietnamese, Western, Yazidi, Yemeni, Alawite, Salafi,
    Salafist, Jihadist, Communist, Eastern, Northern, Southern"""
)
NATIONS |= {name + "s" for name in NATIONS}

# Ranks and offices: they stand before a person's name and are no part of it.
RANKS = _words(
    """President, Vice, Prime, Minister, Ministers, General, Gen., Major, Maj., Colonel, Col., Lieutenant, Lt., Captain, Capt.,
    Sergeant, Brigadier, Admiral, Marshal, Commander, Chief, Spokesperson, Spokesman, Spokeswoman, Special, Envoy, Ambassador,
    Secretary, Senator, Sen., Rep., Governor, Gov., Mayor, King, Queen, Prince, Princess, Emir, Sultan, Pope, Bishop, Judge,
    Justice, Chancellor, Premier, Chairman, Chairwoman, Chair, Director, Deputy, Mr, Mr., Mrs, Mrs., Ms, Ms., Dr, Dr., Prof.,
    Professor, Sir, Lord, Lady, Sheikh, Ayatollah, Imam, Leader, Representative, Congressman, Congresswoman, Editor,
    Commissioner, Coordinator, Inspector, Foreign Minister, Attorney, Secretary-General, Speaker, Officer, Analyst"""
)
# Last words of organisations (or the last before "of" and "for").
ORG_HEADS = _words(
    """Academy, Administration, Agency, Alliance, Army, Assembly, Association, Authority, Bank, Board, Brotherhood, Bureau,
    Cabinet, Center, Centre, Chamber, Church, Coalition, College, Command, Commission, Committee, Company, Confederation,
    Conference, Congress, Corp, Corporation, Corps, Council, Court, Defence, Defense, Department, Directorate, Embassy,
    Federation, Force, Forces, Foundation, Fund, Government, Guard, Guards, Headquarters, Helmets, House, Inc, Initiative,
    Institute, Institution, Kremlin, League, Ltd, Mission, Ministry, Monitor, Movement, Navy, Network, News, Observatory, Office,
    Organisation, Organization, Parliament, Party, Police, Post, Press, Program, Programme, Radio, Republic, Rights, School,
    Secretariat, Senate, Service, Services, Society, Staff, Television, Times, Treasury, Tribunal, TV, Union, University, Watch,
    Nations, Liberty, Pentagon, Journal, Group, Bancorp, Co, Plc, Industries, Airlines, Exchange"""
)
# Of these, the ones that hardly ever begin or stand within another name.
GROUP_HEADS = _words(
    "Front, Brigade, Brigades, Battalion, Battalions, Militia, Militias, Resistance, Faction, Jihad, Liberation Army"
)
ARABIC_GROUP_HEADS = _words(
    """Jaish, Jaysh, Hayat, Hay’at, Ahrar, Liwa, Faylaq, Failaq, Jabhat, Jabhet, Harakat, Ansar, Saraya, Kataib, Kata’ib, Hizb,
    Hurras, Tanzim, Jund"""
)
PLACE_HEADS = _words(
    """Province, Governorate, Region, City, Town, Village, District, County, State, States, Oblast, Valley, River, Lake, Sea,
    Gulf, Mountains, Mountain, Mount, Airport, Base, Airbase, Camp, Island, Islands, Peninsula, Desert, Bay, Strait, Border,
    Crossing, Kingdom, Zone, Street, Square, East"""
)
KNOWN_ORGS = _words(
    """UN, U.N., EU, NATO, OPEC, OSCE, IMF, WHO, UNICEF, UNHCR, UNESCO, OCHA, IAEA, OPCW, ICRC, ICC, CIA, FBI, KGB, FSB, AU,
    Kremlin, Pentagon, White House, United Nations, European Union, World Bank, Arab League, Red Cross, Red Crescent,
    White Helmets, Security Council, State Department, Human Rights Watch, Amnesty International, Radio Liberty, Congress"""
)
KNOWN_GROUPS = _words(
    """Islamic State, ISIS, ISIL, Daesh, al-Qaeda, al Qaeda, Al-Qaeda, Al Qaeda, al-Qaida, Taliban, Hezbollah, Hizbollah, Hamas,
    PKK, YPG, SDF, HTS, Houthis, Houthi, Boko Haram, al-Shabaab, Al-Shabaab, Nusra, Nusrah, Islamic Jihad, Wagner"""
)
# Wire services and broadcasters known without being introduced; any other needs "news agency" or the like beside it.
AGENCIES = _words(
    """Thomson Reuters, Reuters, The Associated Press, Associated Press, AP, Agence France-Presse, AFP, TASS, RIA Novosti,
    Interfax, Sputnik, UPI, DPA, dpa, EFE, ANSA, Xinhua, SANA, IRNA, ISNA, PTI, ANI, Yonhap, Kyodo News, Kyodo, Anadolu,
    Anadolu Agency, Bloomberg, BBC News, BBC, CNN, Al Jazeera, Al Arabiya, Deutsche Welle, Press Association"""
)
CALENDAR = _words(
    """January, February, March, April, May, June, July, August, September, October, November, December, Jan, Feb, Mar, Apr, Jun,
    Jul, Aug, Sept, Sep, Oct, Nov, Dec, Jan., Feb., Mar., Apr., Aug., Sept., Oct., Nov., Dec., Monday, Tuesday, Wednesday,
    Thursday, Friday, Saturday, Sunday, Ramadan, Christmas, Easter, Eid, GMT, UTC, AM, PM, BC, AD,
    BCE"""
)
COMPASS = _words("North, South, East, West, Northeast, Northwest, Southeast, Southwest")
# Words before a rank that tell of what office it is.
OFFICES = _words(
    """Foreign, Defense, Defence, Interior, Finance, Health, Information, Education, Energy, Oil, Former, Deputy, Economy, Trade,
    State, Security, Press, Chief"""
)
# Words that are no part of a name even amid capitals.
FUNCTION_WORDS = _words(
    """The, A, An, In, On, Of, At, By, From, For, And, But, I, He, She, It, They, We, You, As, To, With, If, This, That, These,
    Those, His, Her, Its, Their, Our, My"""
)
# Words of four letters and more that headlines leave small.
HEADLINE_SMALL = _words("with, from, over, into, after, amid, before, between, against, about, under, than, that")
# Words that open sentences, and so are capitalised without being names.
OPENERS = _words(
    """A, About, Above, According, Across, Additionally, After, Afterwards, Again, Against, All, Almost, Along, Already, Also,
    Although, Among, An, And, Another, Any, Anyone, Are, Around, As, Asked, At, Away, Because, Before, Behind, Being, Below,
    Besides, Between, Beyond, Both, But, By, Can, Citing, Could, Dear, Despite, Did, Do, Does, Dozens, During, Each, Earlier,
    Eight, Either, Eleven, Even, Eventually, Every, Everyone, Everything, Except, Few, Fewer, Fifteen, Finally, Firstly, First,
    Five, Following, For, Former, Four, From, Further, Furthermore, Get, Given, Had, Half, Has, Have, He, Hence, Her, Here,
    Hers, Him, His, How, However, Hundreds, I, If, In, Indeed, Inside, Instead, Into, Is, It, Its, Just, Last, Late, Lately,
    Later, Least, Less, Let, Like, Local, Long, Many, Maybe, Meanwhile, Media, Military, Millions, More, Moreover, Most, Much,
    My, Near, Nearby, Nearly, Neither, Never, Nevertheless, New, Next, Nine, No, Nobody, None, Nor, Not, Nothing, Now, Nowadays,
    Of, Off, Officials, Often, On, Once, One, Only, Opposition, Or, Original, Other, Others, Our, Out, Outside, Over, Overall,
    Past, People, Perhaps, Photo, Previously, Rather, Rebels, Recently, Regarding, Related, Residents, Right, Second, Secondly,
    Senior, Seven, Several, She, Should, Similarly, Since, Six, So, Some, Someone, Something, Sometimes, Soon, Sources, State,
    Still, Such, Ten, Than, That, The, Their, Them, Then, There, Thereafter, Therefore, These, They, Third, This, Those, Though,
    Thousands, Three, Through, Throughout, Thus, To, Today, Together, Tomorrow, Too, Total, Toward, Towards, Twelve, Twenty,
    Two, Under, Unless, Unlike, Until, Up, Upon, Us, Very, Was, We, Were, What, Whatever, When, Whenever, Where, Whereas,
    Whether, Which, While, Who, Whose, Why, Will, With, Within, Without, Witnesses, Would, Yes, Yesterday, Yet, You, Your"""
)
KEPT_POSSESSIVES = _words(
    "People, Peoples, Women, Children, Workers, Doctors, King, Queen, Lloyd, Lord, Farmers, Men, Teachers, Peasants"
)
